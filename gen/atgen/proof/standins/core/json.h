// Texts that grow, JSON into them and out of lines; whatever goes wrong ends the program.
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

_Noreturn void refuse(const char *why, const char *what); // what: NULL if there is nothing more to say

void *reallocate(void *old, size_t size, size_t count);

// Makes room for one more element of `array`.
#define GROW(array, count, room)                                                                                                 \
    do {                                                                                                                         \
        if ((count) == (room)) (array) = reallocate((array), sizeof *(array), (room) = (room) * 2 + 64);                         \
    } while (0)

// ----------------------------------------------------------------------------------------------------------------- writing

struct text { char *bytes; size_t length, room; }; // bytes: always with a NUL behind them, or NULL

void add_bytes(struct text *text, const char *bytes, size_t length);
void add(struct text *text, const char *string);
void add_format(struct text *text, const char *format, ...); // at most 63 bytes
void add_integer(struct text *text, long number);
void add_seconds(struct text *text, double seconds); // in the fewest digits that mean it, as Python writes it
void add_json(struct text *text, const char *string); // as Python's json.dumps(ensure_ascii=False)

// ----------------------------------------------------------------------------------------------------------------- reading

// A line is read from here on; it is changed on the way, and strings point into it.
void read_from(char *line);
// `for (bool more = opened('['); more; more = another(']'))` goes through an array, with braces through an object.
bool opened(char open);
bool another(char close);
bool accept(char c);
void expect(char c);
char *read_key(void);
char *read_string(void);
long read_integer(void); // 0 or more
bool read_boolean(void);
void skip(int depth); // any value
void read_end(void);

#endif
