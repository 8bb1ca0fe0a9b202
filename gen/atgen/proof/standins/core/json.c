#include "json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void refuse(const char *why, const char *what) {
    fprintf(stderr, "virtual device: %s%s%s\n", why, what ? ": " : "", what ? what : "");
    exit(2);
}

void *reallocate(void *old, size_t size, size_t count) {
    void *new = realloc(old, size * count);
    if (!new) refuse("out of memory", NULL);
    return new;
}

void add_bytes(struct text *text, const char *bytes, size_t length) {
    if (text->room - text->length <= length) {
        text->room = (text->length + length) * 2 + 4096;
        text->bytes = reallocate(text->bytes, 1, text->room);
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->bytes[text->length += length] = 0;
}

void add(struct text *text, const char *string) { add_bytes(text, string, strlen(string)); }

void add_format(struct text *text, const char *format, ...) {
    char bytes[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bytes, sizeof bytes, format, arguments);
    va_end(arguments);
    add(text, bytes);
}

void add_integer(struct text *text, long number) {
    char bytes[24], *at = bytes + sizeof bytes;
    unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0) *--at = '-';
    add_bytes(text, at, (size_t)(bytes + sizeof bytes - at));
}

void add_seconds(struct text *text, double seconds) {
    char written[320]; // the largest number has 309 digits
    int digits = 15;
    if (seconds >= 0 && seconds < 1e6 && seconds == (long)seconds) { // the same, sooner
        add_integer(text, (long)seconds);
        return;
    }
    if (seconds > 1e16 || seconds < -1e16 || seconds == (double)(long)seconds) snprintf(written, sizeof written, "%.0f", seconds);
    else do snprintf(written, sizeof written, "%.*g", digits, seconds);
        while (strtod(written, NULL) != seconds && ++digits <= 17);
    add(text, written);
}

void add_json(struct text *text, const char *string) {
    add(text, "\"");
    for (const char *from = string;; string++) {
        unsigned char c = (unsigned char)*string;
        if (c >= ' ' && c != '"' && c != '\\') continue;
        add_bytes(text, from, (size_t)(string - from));
        if (!c) break;
        const char *letter = strchr("\"\"\\\\\nn\rr\tt\ff\bb", c);
        if (letter) add_format(text, "\\%c", letter[1]);
        else add_format(text, "\\u%04x", c);
        from = string + 1;
    }
    add(text, "\"");
}

// ----------------------------------------------------------------------------------------------------------------- reading

static char *cursor;

void read_from(char *line) { cursor = line; }

static _Noreturn void unexpected(const char *wanted) {
    fprintf(stderr, "virtual device: input: %s expected at: %.40s\n", wanted, cursor);
    exit(2);
}

bool accept(char c) {
    cursor += strspn(cursor, " \t\r");
    if (*cursor != c) return false;
    cursor++;
    return true;
}

void expect(char c) {
    if (!accept(c)) unexpected((char[]){c, 0});
}

static unsigned hexadecimal(void) {
    unsigned code = 0;
    for (int i = 0; i < 4; i++, cursor++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF", *digit = *cursor ? strchr(digits, *cursor) : NULL;
        if (!digit) unexpected("four hexadecimal digits");
        code = code * 16 + (unsigned)((digit - digits) % 16);
    }
    return code;
}

static char *utf8(char *to, unsigned code) {
    if (code < 0x80) *to++ = (char)code;
    else {
        int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        *to++ = (char)(~(0xffu >> (more + 1)) | (code >> (6 * more)));
        while (more--) *to++ = (char)(0x80 | ((code >> (6 * more)) & 0x3f));
    }
    return to;
}

// A string, unescaped where it stands: an escape is never shorter than what it stands for.
char *read_string(void) {
    expect('"');
    char *start = cursor, *to = cursor;
    while (*cursor != '"') {
        if ((unsigned char)*cursor < ' ') unexpected("the end of a string");
        if (*cursor != '\\') {
            *to++ = *cursor++;
            continue;
        }
        char escape = *++cursor;
        const char *letter = NULL;
        for (const char *at = "\"\"\\\\//n\nr\rt\tf\fb\b"; *at && !letter; at += 2)
            if (*at == escape) letter = at;
        if (letter) {
            *to++ = letter[1];
            cursor++;
        } else if (escape == 'u') {
            cursor++;
            unsigned code = hexadecimal();
            bool high = code >= 0xd800 && code < 0xdc00;
            unsigned low = high && *cursor++ == '\\' && *cursor++ == 'u' ? hexadecimal() : 0;
            if (high ? low < 0xdc00 || low >= 0xe000 : code >= 0xdc00 && code < 0xe000) unexpected("a pair of surrogates");
            if (high) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            if (!code) unexpected("a character other than NUL");
            to = utf8(to, code);
        } else unexpected("an escape");
    }
    cursor++;
    *to = 0;
    return start;
}

long read_integer(void) {
    cursor += strspn(cursor, " \t\r");
    if (*cursor < '0' || *cursor > '9') unexpected("a number");
    return strtol(cursor, &cursor, 10);
}

static bool read_word(const char *word) {
    cursor += strspn(cursor, " \t\r");
    size_t length = strlen(word);
    if (strncmp(cursor, word, length)) return false;
    cursor += length;
    return true;
}

bool read_boolean(void) {
    bool value = read_word("true");
    if (!value && !read_word("false")) unexpected("true or false");
    return value;
}

bool opened(char open) {
    expect(open);
    return !accept(open == '[' ? ']' : '}');
}

bool another(char close) {
    if (accept(close)) return false;
    expect(',');
    return true;
}

char *read_key(void) {
    char *key = read_string();
    expect(':');
    return key;
}

void skip(int depth) {
    cursor += strspn(cursor, " \t\r");
    if (depth > 16) unexpected("a shallower value");
    if (*cursor == '"') read_string();
    else if (*cursor == '[')
        for (bool more = opened('['); more; more = another(']')) skip(depth + 1);
    else if (*cursor == '{')
        for (bool more = opened('{'); more; more = another('}')) {
            read_key();
            skip(depth + 1);
        }
    else if (!read_word("true") && !read_word("false") && !read_word("null")) {
        if (*cursor != '-' && (*cursor < '0' || *cursor > '9')) unexpected("a value");
        strtod(cursor, &cursor);
    }
}

void read_end(void) {
    cursor += strspn(cursor, " \t\r");
    if (*cursor) unexpected("the end of the line");
}
