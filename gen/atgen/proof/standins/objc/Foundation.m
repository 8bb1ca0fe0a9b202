// The classes of linux/Foundation/Foundation.h. Without ARC: here are the root class and the collections.
#import <Foundation/Foundation.h>

#include "device.h"

#include <stdlib.h>
#include <string.h>

// runtime.c
id objc_make(Class class);
void objc_free(id object);
BOOL objc_responds(id object, SEL selector);
Class objc_class_super(Class class);
const char *objc_class_name(Class class);
Class objc_lookUpClass(const char *name);
id objc_retain(id object);
void objc_release(id object);
id objc_autorelease(id object);
typedef id (*IMP)(id, SEL, ...);
IMP objc_msg_lookup(id object, SEL selector);

#pragma clang diagnostic ignored "-Wobjc-root-class"
#pragma clang diagnostic ignored "-Wdeprecated-objc-isa-usage"

@implementation NSObject
+ (instancetype)alloc { return objc_make(self); }
+ (instancetype)new { return [[self alloc] init]; }
+ (Class)class { return self; }
- (instancetype)init { return self; }
- (void)dealloc { objc_free(self); }
- (id)copy { return objc_retain(self); }
- (BOOL)isEqual:(id)object { return self == object; }
- (BOOL)respondsToSelector:(SEL)selector { return objc_responds(self, selector); }
- (id)performSelector:(SEL)selector withObject:(id)object {
    return objc_msg_lookup(self, selector)(self, selector, object);
}
- (BOOL)isKindOfClass:(Class)class {
    for (Class mine = isa; mine; mine = objc_class_super(mine))
        if (mine == class) return YES;
    return NO;
}
@end

@interface OwnedString : NSString {
  @public
    char *bytes;
}
@end

static NSString *part(const char *from, const char *end) {
    OwnedString *made = [OwnedString alloc];
    made->bytes = strndup(from, (size_t)(end - from));
    return objc_autorelease(made);
}

@implementation NSString
@dynamic UTF8String;
+ (instancetype)stringWithUTF8String:(const char *)string {
    OwnedString *made = [OwnedString alloc];
    made->bytes = strdup(string);
    return objc_autorelease(made);
}
- (NSUInteger)length { // in UTF-16 code units
    NSUInteger length = 0;
    for (const unsigned char *at = (const unsigned char *)self.UTF8String; *at; at++) length += ((*at & 0xc0) != 0x80) + (*at >= 0xf0);
    return length;
}
- (BOOL)isEqual:(id)object { return [object isKindOfClass:[NSString class]] && [self isEqualToString:object]; }
- (BOOL)isEqualToString:(NSString *)other { return !strcmp(self.UTF8String, other.UTF8String); }
- (BOOL)hasPrefix:(NSString *)prefix { return !strncmp(self.UTF8String, prefix.UTF8String, strlen(prefix.UTF8String)); }
- (BOOL)hasSuffix:(NSString *)suffix {
    size_t whole = strlen(self.UTF8String), part = strlen(suffix.UTF8String);
    return part <= whole && !strcmp(self.UTF8String + whole - part, suffix.UTF8String);
}
- (NSArray *)componentsSeparatedByString:(NSString *)separator {
    NSMutableArray *parts = [NSMutableArray array];
    const char *from = self.UTF8String;
    for (const char *end; (end = strstr(from, separator.UTF8String)); from = end + strlen(separator.UTF8String))
        [parts addObject:part(from, end)];
    [parts addObject:part(from, from + strlen(from))];
    return parts;
}
- (BOOL)containsString:(NSString *)other { return *other.UTF8String && strstr(self.UTF8String, other.UTF8String); }
@end

@implementation OwnedString
- (const char *)UTF8String { return bytes; }
- (void)dealloc {
    free(bytes);
    [super dealloc];
}
@end

@implementation NSConstantString
- (const char *)UTF8String { return bytes; }
@end

@implementation NSArray {
  @public
    NSUInteger size, room;
    id *objects;
}
+ (instancetype)array { return [self arrayWithObjects:NULL count:0]; }
+ (instancetype)arrayWithObjects:(const id[])objects count:(NSUInteger)count {
    NSArray *array = [self alloc];
    array->size = array->room = count;
    array->objects = calloc(count, sizeof(id));
    for (NSUInteger i = 0; i < count; i++) array->objects[i] = objc_retain(objects[i]);
    return objc_autorelease(array);
}
- (NSUInteger)count { return size; }
- (id)firstObject { return size ? objects[0] : nil; }
- (id)objectAtIndex:(NSUInteger)index {
    if (index >= size) abort(); // NSRangeException
    return objects[index];
}
- (id)objectAtIndexedSubscript:(NSUInteger)index { return [self objectAtIndex:index]; }
- (NSUInteger)countByEnumeratingWithState:(NSFastEnumerationState *)state objects:(id[])buffer count:(NSUInteger)length {
    NSUInteger first = state->state;
    state->state = size; // all at once
    state->itemsPtr = objects;
    state->mutationsPtr = &size;
    return size - first;
}
- (NSUInteger)indexOfObject:(id)object {
    for (NSUInteger i = 0; i < size; i++)
        if ([objects[i] isEqual:object]) return i;
    return NSNotFound;
}
- (NSMutableArray *)mutableCopy { return objc_retain([NSMutableArray arrayWithObjects:objects count:size]); }
- (void)dealloc {
    for (NSUInteger i = 0; i < size; i++) objc_release(objects[i]);
    free(objects);
    [super dealloc];
}
@end

@implementation NSMutableArray
- (void)addObject:(id)object {
    if (size == room) objects = realloc(objects, (room = 2 * room + 4) * sizeof(id));
    objects[size++] = objc_retain(object);
}
- (void)removeObjectAtIndex:(NSUInteger)index {
    id removed = [self objectAtIndex:index];
    size--;
    for (NSUInteger i = index; i < size; i++) objects[i] = objects[i + 1];
    objc_release(removed);
}
- (void)removeObject:(id)object {
    for (NSUInteger i = size; i > 0; i--)
        if ([objects[i - 1] isEqual:object]) [self removeObjectAtIndex:i - 1];
}
- (void)removeObjectsInRange:(NSRange)range {
    for (NSUInteger i = 0; i < range.length; i++) [self removeObjectAtIndex:range.location];
}
@end

@implementation NSNumber {
    long number;
    double real;
    const char *type;
}
static NSNumber *number(long value, double real, const char *type) {
    NSNumber *made = [NSNumber alloc];
    made->number = value;
    made->real = real;
    made->type = type;
    return objc_autorelease(made);
}
#define NUMBER(name, kind) \
    + (NSNumber *)numberWith##name:(kind)value { return number((long)value, (double)value, @encode(kind)); }
NUMBER(Bool, BOOL)
NUMBER(Int, int)
NUMBER(Long, long)
NUMBER(LongLong, long long)
NUMBER(Integer, NSInteger)
NUMBER(UnsignedInt, unsigned)
NUMBER(UnsignedLong, unsigned long)
NUMBER(UnsignedInteger, NSUInteger)
NUMBER(Float, float)
NUMBER(Double, double)
- (const char *)objCType { return type; }
- (BOOL)boolValue { return real != 0; }
- (long)longValue { return number; }
- (NSInteger)integerValue { return number; }
- (NSUInteger)unsignedIntegerValue { return (NSUInteger)number; }
- (int)intValue { return (int)number; }
- (double)doubleValue { return real; }
- (float)floatValue { return (float)real; }
- (BOOL)isEqual:(id)object { return [object isKindOfClass:[NSNumber class]] && [object doubleValue] == real; }
- (NSString *)stringValue { return real == (double)number ? [NSString stringWithFormat:@"%ld", number] : [NSString stringWithFormat:@"%g", real]; }
- (NSString *)description { return [self stringValue]; }
@end

@implementation NSDictionary {
    NSArray *keys, *values;
}
+ (instancetype)dictionaryWithObjects:(const id[])objects forKeys:(const id[])keys count:(NSUInteger)count {
    NSDictionary *dictionary = [self alloc];
    dictionary->keys = objc_retain([NSArray arrayWithObjects:keys count:count]);
    dictionary->values = objc_retain([NSArray arrayWithObjects:objects count:count]);
    return objc_autorelease(dictionary);
}
- (NSUInteger)count { return keys.count; }
- (NSArray *)allKeys { return keys; }
- (id)objectForKeyedSubscript:(id)key {
    for (NSUInteger i = 0; i < keys.count; i++)
        if ([keys[i] isEqual:key]) return values[i];
    return nil;
}
- (void)dealloc {
    objc_release(keys);
    objc_release(values);
    [super dealloc];
}
@end

@implementation NSSet {
    NSArray *objects;
}
+ (instancetype)setWithArray:(NSArray *)array { // in its order
    NSSet *set = [self alloc];
    set->objects = objc_retain(array);
    return objc_autorelease(set);
}
- (NSUInteger)count { return objects.count; }
- (NSArray *)allObjects { return objects; }
- (id)anyObject { return objects.firstObject; }
- (NSUInteger)countByEnumeratingWithState:(NSFastEnumerationState *)state objects:(id[])buffer count:(NSUInteger)length {
    return [objects countByEnumeratingWithState:state objects:buffer count:length];
}
- (void)dealloc {
    objc_release(objects);
    [super dealloc];
}
@end

@implementation NSError
+ (instancetype)errorWithDomain:(NSErrorDomain)domain code:(NSInteger)code userInfo:(NSDictionary *)dict {
    NSError *error = [self alloc];
    error->_domain = objc_retain(domain);
    error->_code = code;
    error->_userInfo = objc_retain(dict);
    return objc_autorelease(error);
}
- (NSString *)localizedDescription {
    return _userInfo[NSLocalizedDescriptionKey] ?: [NSString stringWithFormat:@"The operation couldn’t be completed. (%@ error %ld.)", _domain, _code];
}
- (NSString *)description { return [self localizedDescription]; }
- (void)dealloc {
    objc_release(_domain);
    objc_release(_userInfo);
    [super dealloc];
}
@end

@implementation NSDate {
    NSTimeInterval seconds;
}
+ (instancetype)date { return [self dateWithTimeIntervalSinceNow:0]; }
+ (instancetype)dateWithTimeIntervalSinceNow:(NSTimeInterval)seconds {
    NSDate *date = [self alloc];
    date->seconds = device_now() + seconds;
    return objc_autorelease(date);
}
+ (NSDate *)distantFuture { return [self dateWithTimeIntervalSinceNow:63113904000.0]; }
- (NSTimeInterval)timeIntervalSinceNow { return seconds - device_now(); }
@end

@implementation NSURLQueryItem {
  @public
    NSString *name, *value;
}
- (NSString *)name { return name; }
- (NSString *)value { return value; }
- (void)dealloc {
    objc_release(name);
    objc_release(value);
    [super dealloc];
}
@end

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static NSString *decoded(const char *from, const char *end) {
    OwnedString *made = [OwnedString alloc];
    char *to = made->bytes = malloc((size_t)(end - from) + 1);
    for (; from < end; from++) {
        if (*from == '%' && end - from > 2 && digit(from[1]) >= 0 && digit(from[2]) >= 0) {
            *to++ = (char)(16 * digit(from[1]) + digit(from[2]));
            from += 2;
        } else *to++ = *from;
    }
    *to = 0;
    return objc_autorelease(made);
}

@implementation NSURLComponents {
    NSArray *queryItems;
}
+ (instancetype)componentsWithString:(NSString *)URLString {
    NSURLComponents *components = objc_autorelease([self alloc]);
    const char *at = strchr(URLString.UTF8String, '?');
    if (!at) return components;
    NSMutableArray *items = [NSMutableArray array];
    for (const char *end = at; *end && *end != '#'; at = end) {
        end = ++at + strcspn(at, "&#");
        const char *equals = memchr(at, '=', (size_t)(end - at));
        NSURLQueryItem *item = objc_autorelease([NSURLQueryItem alloc]);
        item->name = objc_retain(decoded(at, equals ?: end));
        item->value = equals ? objc_retain(decoded(equals + 1, end)) : nil;
        [items addObject:item];
    }
    components->queryItems = objc_retain(items);
    return components;
}
- (NSArray *)queryItems { return queryItems; }
- (void)setQueryItems:(NSArray *)items {
    objc_retain(items);
    objc_release(queryItems);
    queryItems = items;
}
- (void)dealloc {
    objc_release(queryItems);
    [super dealloc];
}
@end

void NSLog(NSString *format, ...) { (void)format; } // nobody reads a host's log

Class NSClassFromString(NSString *name) { return objc_lookUpClass(name.UTF8String); }
NSString *NSStringFromClass(Class class) { return [NSString stringWithUTF8String:objc_class_name(class)]; }
