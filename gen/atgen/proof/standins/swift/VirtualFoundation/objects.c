// What the app's objects do: Swift's runtime is asked for each object by name, and the names here come before its own.
#define _GNU_SOURCE // RTLD_NEXT
#include "device.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// include/swift/Runtime/HeapObject.h and Metadata.h: a class's kind is 0, or a pointer where there is Objective-C.
struct metadata { uintptr_t kind; };
struct name { const char *bytes; uintptr_t length; };
enum { LAST_KIND = 0x7ff };
struct name swift_getTypeName(const struct metadata *type, bool qualified);

// Those that have been met, with the class's own name where it is the app's.
static struct known { const struct metadata *type; const char *name; } known[1024];

static const char *app_class(const struct metadata *type) {
    if (type->kind && type->kind <= LAST_KIND) return NULL; // what closures capture
    struct known *at = &known[((uintptr_t)type >> 4) % 1024];
    if (at->type == type) return at->name;
    struct name name = swift_getTypeName(type, true);
    *at = (struct known){type, NULL};
    if (name.length > 4 && !memcmp(name.bytes, "App.", 4)) {
        name = swift_getTypeName(type, false);
        const char *generic = memchr(name.bytes, '<', name.length);
        at->name = strndup(name.bytes, generic ? (size_t)(generic - name.bytes) : name.length);
    }
    return at->name;
}

void *swift_allocObject(const struct metadata *type, size_t size, size_t alignment) {
    static void *(*make)(const struct metadata *, size_t, size_t);
    if (!make) make = (void *(*)(const struct metadata *, size_t, size_t))dlsym(RTLD_NEXT, "swift_allocObject");
    void *object = make(type, size, alignment);
    const char *name = app_class(type);
    if (name) device_made(object, size, name);
    return object;
}

// Each use of a variable of an object (include/swift/ABI/MetadataValues.h, ExclusivityFlags): read 0, modify 1.
void swift_beginAccess(void *place, void *buffer, uintptr_t flags, void *at) {
    static void (*begin)(void *, void *, uintptr_t, void *);
    if (!begin) begin = (void (*)(void *, void *, uintptr_t, void *))dlsym(RTLD_NEXT, "swift_beginAccess");
    if (flags & 1) device_changed(place);
    begin(place, buffer, flags, at);
}

void swift_deallocClassInstance(void *object, size_t size, size_t alignment) {
    static void (*end)(void *, size_t, size_t);
    if (!end) end = (void (*)(void *, size_t, size_t))dlsym(RTLD_NEXT, "swift_deallocClassInstance");
    device_freed(object);
    end(object, size, alignment);
}
