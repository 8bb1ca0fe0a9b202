// The classes of linux/Foundation/Values.h, with ARC.
#import <Foundation/Foundation.h>

#include "device_block.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const time_t TODAY = 1800000000;
NSString *const NSLocalizedDescriptionKey = @"NSLocalizedDescription";

// What is forgotten when the run is over: defaults that were set, those that were registered, and files by their paths.
static NSMutableDictionary *values, *registered, *files;
static void forget(void) { values = registered = files = nil; }
static NSMutableDictionary *kept(NSMutableDictionary *__strong *which) {
    if (!values && !registered && !files) device_at_end(forget);
    return *which ?: (*which = [NSMutableDictionary new]);
}

@implementation NSObject (Values)
- (NSString *)description { return [NSString stringWithFormat:@"<%@>", NSStringFromClass([(id)self class])]; }
- (void)performSelector:(SEL)selector withObject:(id)object afterDelay:(NSTimeInterval)delay {
    [NSTimer scheduledTimerWithTimeInterval:delay repeats:NO block:^(NSTimer *timer) {
        [self performSelector:selector withObject:object];
    }];
}
@end

// ------------------------------------------------------------------------------------------------------------------- texts

// As NSString formats: `%@` is an object's description.
static char *formatted(NSString *format, va_list arguments) {
    char *made = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&made, &length);
    for (const char *at = format.UTF8String; *at; at++) {
        if (*at != '%') {
            fputc(*at, out);
            continue;
        }
        size_t flags = strspn(at + 1, "-+ #0123456789."), size = strspn(at + 1 + flags, "hlzqjt");
        char spec[32] = "%", kind = at[1 + flags + size];
        bool is_long = memchr(at + 1 + flags, 'l', size) || memchr(at + 1 + flags, 'z', size) || memchr(at + 1 + flags, 'q', size);
        strncat(spec, at + 1, flags < 20 ? flags : 20);
        at += 1 + flags + size;
        if (kind == '@') fputs([va_arg(arguments, id) description].UTF8String ?: "(null)", out);
        else if (kind == '%' || !kind) fputc('%', out);
        else if (strchr("eEfFgGaA", kind)) fprintf(out, strncat(spec, &kind, 1), va_arg(arguments, double));
        else if (kind == 's') fprintf(out, strcat(spec, "s"), va_arg(arguments, char *));
        else if (kind == 'p') fprintf(out, "%p", va_arg(arguments, void *));
        else if (is_long) fprintf(out, strncat(strcat(spec, "l"), &kind, 1), va_arg(arguments, long));
        else fprintf(out, strncat(spec, &kind, 1), va_arg(arguments, int));
        if (!kind) break;
    }
    fclose(out);
    return made;
}

static NSString *owned(char *made) {
    NSString *copy = [NSString stringWithUTF8String:made];
    free(made);
    return copy;
}

#define FORMATTED(format) ({ va_list list; va_start(list, format); char *made = formatted(format, list); va_end(list); owned(made); })

@implementation NSString (Values)
+ (instancetype)string { return [self stringWithString:@""]; }
+ (instancetype)stringWithString:(NSString *)string {
    if (self != [NSMutableString class]) return string;
    NSMutableString *made = [NSMutableString new];
    [made appendString:string];
    return (id)made;
}
+ (instancetype)stringWithFormat:(NSString *)format, ... { return [self stringWithString:FORMATTED(format)]; }
- (instancetype)initWithFormat:(NSString *)format, ... { return (id)FORMATTED(format); }
- (instancetype)initWithData:(NSData *)data encoding:(NSStringEncoding)encoding {
    return (id)owned(strndup(data.bytes ?: "", data.length));
}
- (NSString *)description { return self; }
- (NSString *)stringByAppendingString:(NSString *)string { return [NSString stringWithFormat:@"%@%@", self, string]; }
- (NSString *)stringByAppendingFormat:(NSString *)format, ... { return [self stringByAppendingString:FORMATTED(format)]; }
- (NSString *)stringByAppendingPathComponent:(NSString *)component {
    return [NSString stringWithFormat:[self hasSuffix:@"/"] ? @"%@%@" : @"%@/%@", self, component];
}
- (NSString *)lastPathComponent { return [self componentsSeparatedByString:@"/"].lastObject; }
- (NSString *)pathExtension {
    NSArray *parts = [self.lastPathComponent componentsSeparatedByString:@"."];
    return parts.count > 1 ? parts.lastObject : @"";
}
- (NSInteger)integerValue { return atol(self.UTF8String); }
- (int)intValue { return atoi(self.UTF8String); }
- (double)doubleValue { return atof(self.UTF8String); }
- (BOOL)boolValue { return strchr("YyTt123456789", *self.UTF8String) && *self.UTF8String; }
- (NSData *)dataUsingEncoding:(NSStringEncoding)encoding { return [NSData dataWithBytes:self.UTF8String length:strlen(self.UTF8String)]; }
@end

@implementation NSMutableString {
    NSString *text;
}
- (const char *)UTF8String { return text.UTF8String ?: ""; }
- (void)appendString:(NSString *)string { text = text ? [text stringByAppendingString:string] : string; }
- (void)appendFormat:(NSString *)format, ... { [self appendString:FORMATTED(format)]; }
@end

@implementation NSNull
+ (NSNull *)null {
    static NSNull *null;
    return null ?: (null = [NSNull new]);
}
@end

// ------------------------------------------------------------------------------------------------------------- collections

@implementation NSArray (Values)
+ (instancetype)arrayWithObject:(id)object { return [self arrayWithObjects:&object count:1]; }
- (id)lastObject { return self.count ? self[self.count - 1] : nil; }
- (BOOL)containsObject:(id)object { return [self indexOfObject:object] != NSNotFound; }
- (NSString *)componentsJoinedByString:(NSString *)separator {
    NSMutableString *joined = [NSMutableString string];
    for (NSUInteger i = 0; i < self.count; i++) [joined appendFormat:@"%@%@", i ? separator : @"", self[i]];
    return joined;
}
- (void)enumerateObjectsUsingBlock:(void (^)(id object, NSUInteger index, BOOL *stop))block {
    BOOL stop = NO;
    for (NSUInteger i = 0; i < self.count && !stop; i++) block(self[i], i, &stop);
}
- (NSString *)description { return [NSString stringWithFormat:@"(%@)", [self componentsJoinedByString:@", "]]; }
@end

@implementation NSMutableArray (Values)
- (void)addObjectsFromArray:(NSArray *)other {
    for (id object in other) [self addObject:object];
}
- (void)removeAllObjects {
    while (self.count) [self removeObjectAtIndex:0];
}
@end

@implementation NSDictionary (Values)
+ (instancetype)dictionary { return [self new]; }
- (id)objectForKey:(id)key { return self[key]; }
- (id)valueForKey:(NSString *)key { return self[key]; }
- (NSArray *)allValues {
    NSMutableArray *all = [NSMutableArray array];
    for (id key in self) [all addObject:self[key]];
    return all;
}
- (NSUInteger)countByEnumeratingWithState:(NSFastEnumerationState *)state objects:(id __unsafe_unretained[])buffer count:(NSUInteger)length {
    return [self.allKeys countByEnumeratingWithState:state objects:buffer count:length];
}
- (NSMutableDictionary *)mutableCopy {
    NSMutableDictionary *copy = [NSMutableDictionary new];
    for (id key in self) copy[key] = self[key];
    return copy;
}
- (void)enumerateKeysAndObjectsUsingBlock:(void (^)(id key, id object, BOOL *stop))block {
    BOOL stop = NO;
    for (id key in self.allKeys) {
        if (!stop) block(key, self[key], &stop);
    }
}
- (NSString *)description { return [NSString stringWithFormat:@"{%lu}", self.count]; }
@end

@implementation NSMutableDictionary {
    NSMutableArray *keys, *objects;
}
- (NSUInteger)count { return keys.count; }
- (NSArray *)allKeys { return keys ?: @[]; }
- (id)objectForKeyedSubscript:(id)key {
    NSUInteger at = keys ? [keys indexOfObject:key] : NSNotFound;
    return at == NSNotFound ? nil : objects[at];
}
- (void)removeObjectForKey:(id)key {
    NSUInteger at = keys ? [keys indexOfObject:key] : NSNotFound;
    if (at == NSNotFound) return;
    [keys removeObjectAtIndex:at];
    [objects removeObjectAtIndex:at];
}
- (void)setObject:(id)object forKeyedSubscript:(id)key {
    [self removeObjectForKey:key];
    if (!object) return;
    if (!keys) {
        keys = [NSMutableArray array];
        objects = [NSMutableArray array];
    }
    [keys addObject:key];
    [objects addObject:object];
}
- (void)setObject:(id)object forKey:(id)key {
    if (!object) __builtin_trap(); // NSInvalidArgumentException
    self[key] = object;
}
- (void)setValue:(id)value forKey:(NSString *)key { self[key] = value; }
@end

// ------------------------------------------------------------------------------------------------------------------- dates

@implementation NSDate (Values)
+ (NSDate *)distantPast { return [self dateWithTimeIntervalSinceNow:-63113904000.0]; }
- (NSTimeInterval)timeIntervalSinceDate:(NSDate *)date { return self.timeIntervalSinceNow - date.timeIntervalSinceNow; }
- (NSTimeInterval)timeIntervalSince1970 { return TODAY + device_now() + self.timeIntervalSinceNow; }
- (instancetype)dateByAddingTimeInterval:(NSTimeInterval)seconds {
    return [NSDate dateWithTimeIntervalSinceNow:self.timeIntervalSinceNow + seconds];
}
@end

// Numbers only, in UTC.
@implementation NSDateFormatter
- (void)setDateFormat:(NSString *)dateFormat { _dateFormat = dateFormat; }
- (NSString *)stringFromDate:(NSDate *)date {
    static const char *const PARTS[][2] = {{"yyyy", "%Y"}, {"MM", "%m"}, {"dd", "%d"}, {"HH", "%H"}, {"mm", "%M"}, {"ss", "%S"}};
    time_t seconds = (time_t)date.timeIntervalSince1970;
    struct tm parts;
    gmtime_r(&seconds, &parts);
    NSMutableString *made = [NSMutableString string];
    for (const char *at = self.dateFormat.UTF8String ?: ""; *at;) {
        char part[8] = {*at};
        size_t length = 1;
        for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
            if (!strncmp(at, PARTS[i][0], strlen(PARTS[i][0]))) {
                strftime(part, sizeof part, PARTS[i][1], &parts);
                length = strlen(PARTS[i][0]);
            }
        if (*at != '\'') [made appendFormat:@"%s", part];
        at += length;
    }
    return made;
}
@end

@implementation NSCalendar
+ (NSCalendar *)currentCalendar { return [NSCalendar new]; }
- (NSDate *)dateByAddingUnit:(NSCalendarUnit)unit value:(NSInteger)value toDate:(NSDate *)date options:(NSUInteger)options {
    NSTimeInterval one = unit == NSCalendarUnitDay ? 86400 : unit == NSCalendarUnitHour ? 3600 : unit == NSCalendarUnitMinute ? 60 : 1;
    return [date dateByAddingTimeInterval:value * one];
}
@end

// ------------------------------------------------------------------------------------------------------------------- what is kept

// Those of an app that was never run before.
@implementation NSUserDefaults
+ (NSUserDefaults *)standardUserDefaults {
    static NSUserDefaults *defaults;
    return defaults ?: (defaults = [self new]);
}
- (id)objectForKey:(NSString *)defaultName { return kept(&values)[defaultName] ?: kept(&registered)[defaultName]; }
- (id)object:(NSString *)key of:(Class)class {
    id object = [self objectForKey:key];
    return [object isKindOfClass:class] ? object : nil;
}
- (NSString *)stringForKey:(NSString *)defaultName { return [self object:defaultName of:[NSString class]]; }
- (NSArray *)arrayForKey:(NSString *)defaultName { return [self object:defaultName of:[NSArray class]]; }
- (NSDictionary *)dictionaryForKey:(NSString *)defaultName { return [self object:defaultName of:[NSDictionary class]]; }
- (BOOL)boolForKey:(NSString *)defaultName { return [[self objectForKey:defaultName] boolValue]; }
- (NSInteger)integerForKey:(NSString *)defaultName { return [[self objectForKey:defaultName] integerValue]; }
- (double)doubleForKey:(NSString *)defaultName {
    id object = [self objectForKey:defaultName];
    return object ? [object doubleValue] : 0;
}
- (void)setObject:(id)value forKey:(NSString *)defaultName { kept(&values)[defaultName] = value; }
- (void)setBool:(BOOL)value forKey:(NSString *)defaultName { [self setObject:@(value) forKey:defaultName]; }
- (void)setInteger:(NSInteger)value forKey:(NSString *)defaultName { [self setObject:@(value) forKey:defaultName]; }
- (void)setDouble:(double)value forKey:(NSString *)defaultName { [self setObject:@(value) forKey:defaultName]; }
- (void)removeObjectForKey:(NSString *)defaultName { [self setObject:nil forKey:defaultName]; }
- (void)registerDefaults:(NSDictionary *)registrationDictionary {
    for (NSString *key in registrationDictionary) kept(&registered)[key] = registrationDictionary[key];
}
- (BOOL)synchronize { return YES; }
@end

static NSError *failed(NSError **error, NSInteger code) {
    NSError *made = [NSError errorWithDomain:@"NSCocoaErrorDomain" code:code userInfo:nil];
    if (error) *error = made;
    return made;
}

NSString *NSHomeDirectory(void) { return @"/var/mobile/Containers/Data/Application/4B1D"; }
NSString *NSTemporaryDirectory(void) { return [NSHomeDirectory() stringByAppendingString:@"/tmp/"]; }

NSArray *NSSearchPathForDirectoriesInDomains(NSSearchPathDirectory directory, NSSearchPathDomainMask domains, BOOL expands) {
    NSString *name = directory == NSDocumentDirectory ? @"Documents" : directory == NSCachesDirectory ? @"Library/Caches" : @"Library";
    return @[[NSHomeDirectory() stringByAppendingPathComponent:name]];
}

@implementation NSData {
    void *memory;
    NSUInteger size;
}
+ (instancetype)data { return [self new]; }
+ (instancetype)dataWithBytes:(const void *)bytes length:(NSUInteger)length {
    NSData *data = [NSData new];
    data->memory = malloc(length + 1);
    memcpy(data->memory, bytes, data->size = length);
    return data;
}
+ (instancetype)dataWithContentsOfFile:(NSString *)path { return kept(&files)[path]; }
+ (instancetype)dataWithContentsOfURL:(NSURL *)url { return kept(&files)[url.path]; }
- (NSUInteger)length { return size; }
- (const void *)bytes { return memory; }
- (BOOL)writeToFile:(NSString *)path options:(NSDataWritingOptions)options error:(NSError **)error {
    kept(&files)[path] = self;
    return YES;
}
- (BOOL)writeToFile:(NSString *)path atomically:(BOOL)useAuxiliaryFile { return [self writeToFile:path options:0 error:nil]; }
- (BOOL)writeToURL:(NSURL *)url atomically:(BOOL)atomically { return [self writeToFile:url.path options:0 error:nil]; }
- (BOOL)writeToURL:(NSURL *)url options:(NSDataWritingOptions)options error:(NSError **)error {
    return [self writeToFile:url.path options:0 error:nil];
}
- (void)dealloc { free(memory); }
@end

@implementation NSFileManager
+ (NSFileManager *)defaultManager {
    static NSFileManager *manager;
    return manager ?: (manager = [self new]);
}
- (NSArray *)URLsForDirectory:(NSSearchPathDirectory)directory inDomains:(NSSearchPathDomainMask)domains {
    return @[[NSURL fileURLWithPath:NSSearchPathForDirectoriesInDomains(directory, domains, YES)[0]]];
}
- (NSArray *)contentsOfDirectoryAtPath:(NSString *)path error:(NSError **)error {
    NSMutableArray *names = [NSMutableArray array];
    NSString *begin = [path stringByAppendingPathComponent:@""];
    for (NSString *file in kept(&files)) {
        if (![file hasPrefix:begin]) continue;
        NSString *name = [NSString stringWithUTF8String:file.UTF8String + strlen(begin.UTF8String)];
        name = [name componentsSeparatedByString:@"/"][0];
        if (name.length && ![names containsObject:name]) [names addObject:name];
    }
    return names;
}
- (BOOL)fileExistsAtPath:(NSString *)path { return kept(&files)[path] || [self contentsOfDirectoryAtPath:path error:nil].count; }
- (NSData *)contentsAtPath:(NSString *)path { return [NSData dataWithContentsOfFile:path]; }
- (BOOL)createFileAtPath:(NSString *)path contents:(NSData *)data attributes:(NSDictionary *)attributes {
    return [data ?: [NSData data] writeToFile:path atomically:YES];
}
- (BOOL)createDirectoryAtPath:(NSString *)path
    withIntermediateDirectories:(BOOL)createIntermediates
                     attributes:(NSDictionary *)attributes
                          error:(NSError **)error {
    kept(&files)[[path stringByAppendingPathComponent:@""]] = [NSData data];
    return YES;
}
- (BOOL)removeItemAtPath:(NSString *)path error:(NSError **)error {
    if (![self fileExistsAtPath:path]) return failed(error, 4) == nil; // NSFileNoSuchFileError
    for (NSString *file in kept(&files).mutableCopy)
        if ([file isEqualToString:path] || [file hasPrefix:[path stringByAppendingPathComponent:@""]]) [kept(&files) removeObjectForKey:file];
    return YES;
}
@end

@implementation NSBundle
+ (NSBundle *)mainBundle {
    static NSBundle *bundle;
    return bundle ?: (bundle = [self new]);
}
- (NSString *)bundleIdentifier { return @"com.example.app"; }
- (NSDictionary *)infoDictionary {
    return @{@"CFBundleIdentifier": @"com.example.app", @"CFBundleName": @"App", @"CFBundleShortVersionString": @"1.0", @"CFBundleVersion": @"1"};
}
- (id)objectForInfoDictionaryKey:(NSString *)key { return self.infoDictionary[key]; }
- (NSString *)pathForResource:(NSString *)name ofType:(NSString *)ext { return nil; }
@end

// -------------------------------------------------------------------------------------------------------------------- JSON

static const char *after_space(const char *at) { return at + strspn(at, " \t\r\n"); }

// The value that begins here, and where it ends; nil where it is none.
static id value(const char **at) {
    const char *from = *at = after_space(*at);
    if (*from == '{' || *from == '[') {
        NSMutableDictionary *members = [NSMutableDictionary new];
        NSMutableArray *elements = [NSMutableArray array];
        char close = *from == '{' ? '}' : ']';
        for (*at = after_space(from + 1); **at != close;) {
            id key = close == '}' ? value(at) : nil;
            if (close == '}' && (![key isKindOfClass:[NSString class]] || *(*at = after_space(*at)) != ':')) return nil;
            *at += close == '}';
            id element = value(at);
            if (!element) return nil;
            if (key) members[key] = element;
            else [elements addObject:element];
            *at = after_space(*at);
            if (**at == ',') *at = after_space(*at + 1);
            else if (**at != close) return nil;
        }
        ++*at;
        return close == '}' ? (id)members : elements;
    }
    if (*from == '"') {
        NSMutableString *made = [NSMutableString string];
        for (++*at; **at != '"'; ++*at) {
            if (!**at) return nil;
            if (**at == '\\' && !*++*at) return nil;
            [made appendFormat:@"%c", (*at)[-1] == '\\' && **at == 'n' ? '\n' : **at];
        }
        ++*at;
        return [NSString stringWithUTF8String:made.UTF8String];
    }
    const struct { const char *word; __unsafe_unretained id means; } WORDS[] = {{"true", @YES}, {"false", @NO}, {"null", [NSNull null]}};
    for (int i = 0; i < 3; i++)
        if (!strncmp(from, WORDS[i].word, strlen(WORDS[i].word))) {
            *at += strlen(WORDS[i].word);
            return WORDS[i].means;
        }
    char *end;
    double number = strtod(from, &end);
    if (end == from) return nil;
    *at = end;
    return memchr(from, '.', (size_t)(end - from)) ? @(number) : @((long)number);
}

static BOOL write_value(id object, NSMutableString *to) {
    if ([object isKindOfClass:[NSDictionary class]]) {
        [to appendString:@"{"];
        for (id key in object) {
            if (![key isKindOfClass:[NSString class]]) return NO;
            if (![to hasSuffix:@"{"]) [to appendString:@","];
            if (!write_value(key, to)) return NO;
            [to appendString:@":"];
            if (!write_value([object objectForKey:key], to)) return NO;
        }
        [to appendString:@"}"];
    } else if ([object isKindOfClass:[NSArray class]]) {
        [to appendString:@"["];
        for (id element in object) {
            if (![to hasSuffix:@"["]) [to appendString:@","];
            if (!write_value(element, to)) return NO;
        }
        [to appendString:@"]"];
    } else if ([object isKindOfClass:[NSString class]]) {
        [to appendString:@"\""];
        for (const char *at = [object UTF8String]; *at; at++)
            [to appendFormat:*at == '\n' ? @"\\n" : *at == '"' || *at == '\\' ? @"\\%c" : @"%c", *at];
        [to appendString:@"\""];
    } else if ([object isKindOfClass:[NSNumber class]]) [to appendString:[object stringValue]];
    else if ([object isKindOfClass:[NSNull class]]) [to appendString:@"null"];
    else return NO;
    return YES;
}

@implementation NSJSONSerialization
+ (id)JSONObjectWithData:(NSData *)data options:(NSJSONReadingOptions)options error:(NSError **)error {
    NSString *all = [[NSString alloc] initWithData:data encoding:NSUTF8StringEncoding];
    const char *at = all.UTF8String;
    id found = value(&at);
    if (!found || *after_space(at)) {
        failed(error, 3840); // NSPropertyListReadCorruptError
        return nil;
    }
    return found;
}
+ (NSData *)dataWithJSONObject:(id)object options:(NSJSONWritingOptions)options error:(NSError **)error {
    NSMutableString *made = [NSMutableString string];
    if (!write_value(object, made)) __builtin_trap(); // NSInvalidArgumentException
    return [made dataUsingEncoding:NSUTF8StringEncoding];
}
@end

// --------------------------------------------------------------------------------------------------------- threads and time

@implementation NSLock // one thread runs at a time
- (void)lock {}
- (void)unlock {}
@end

@implementation NSThread
+ (BOOL)isMainThread { return device_is_on_main(); }
+ (void)sleepForTimeInterval:(NSTimeInterval)ti { device_wait(device_semaphore(0), ti); }
@end

// On the main run loop; off the main thread nobody runs that one's.
@implementation NSTimer {
    void (^next)(void);
    void (^block)(NSTimer *);
}
+ (NSTimer *)scheduledTimerWithTimeInterval:(NSTimeInterval)interval repeats:(BOOL)repeats block:(void (^)(NSTimer *))block {
    return [self timer:interval repeats:repeats userInfo:nil block:block];
}
+ (NSTimer *)scheduledTimerWithTimeInterval:(NSTimeInterval)ti target:(id)aTarget selector:(SEL)aSelector userInfo:(id)userInfo repeats:(BOOL)yesOrNo {
    return [self timer:ti repeats:yesOrNo userInfo:userInfo block:^(NSTimer *timer) {
        [aTarget performSelector:aSelector withObject:timer];
    }];
}
+ (NSTimer *)timer:(NSTimeInterval)interval repeats:(BOOL)repeats userInfo:(id)userInfo block:(void (^)(NSTimer *))block {
    NSTimer *timer = [NSTimer new];
    timer->block = block;
    timer->_userInfo = userInfo;
    if (device_is_on_main()) [timer wait:interval repeats:repeats];
    return timer;
}
- (void)wait:(NSTimeInterval)interval repeats:(BOOL)repeats {
    next = dispatch_block_create(0, ^{
        if (!repeats) self->next = nil;
        self->block(self);
        if (self->next) [self wait:interval repeats:repeats];
    });
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, (int64_t)(interval * NSEC_PER_SEC)), dispatch_get_main_queue(), next);
}
- (BOOL)isValid { return next != nil; }
- (void)invalidate {
    if (next) dispatch_block_cancel(next);
    next = nil;
}
@end

@implementation NSOperation
- (void)main {}
- (void)cancel { _cancelled = YES; }
- (void)run {
    if (!_cancelled) [self main];
    _finished = YES;
    if (self.completionBlock) dispatch_async(dispatch_get_global_queue(0, 0), self.completionBlock);
    self.completionBlock = nil;
}
@end

@implementation NSBlockOperation {
    void (^block)(void);
}
+ (instancetype)blockOperationWithBlock:(void (^)(void))block {
    NSBlockOperation *operation = [self new];
    operation->block = [block copy];
    return operation;
}
- (void)main { block(); }
@end

@implementation NSOperationQueue {
    dispatch_queue_t queue;
    NSMutableArray *operations;
    NSInteger most;
}
+ (NSOperationQueue *)mainQueue {
    static NSOperationQueue *main;
    if (!main) {
        main = [self new];
        main->queue = dispatch_get_main_queue();
    }
    return main;
}
- (NSInteger)maxConcurrentOperationCount { return most; }
- (void)setMaxConcurrentOperationCount:(NSInteger)count { most = count; }
- (void)addOperationWithBlock:(void (^)(void))block { [self addOperation:[NSBlockOperation blockOperationWithBlock:block]]; }
- (void)addOperation:(NSOperation *)operation {
    if (!queue) queue = dispatch_queue_create("", most == 1 ? DISPATCH_QUEUE_SERIAL : DISPATCH_QUEUE_CONCURRENT);
    if (!operations) operations = [NSMutableArray array];
    [operations addObject:operation];
    dispatch_async(queue, ^{
        [operation run];
        [self->operations removeObject:operation];
    });
}
- (void)cancelAllOperations {
    for (NSOperation *operation in operations) [operation cancel];
}
@end
