// A small Objective-C runtime, where there is none: for clang's -fobjc-runtime=objfw (classes of version 10, non-fragile instance
// variables, ARC, blocks). Enough for the stand-ins and for generated code: no exceptions, no +load, no introspection.
// One thread runs at a time (the virtual device sees to it), so there are no locks.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct object *id;
typedef struct class *Class;
typedef const struct selector { const char *name, *types; } *SEL;
typedef id (*IMP)(id, SEL, ...);

// What clang emits (lib/CodeGen/CGObjCGNU.cpp).
struct method { const char *name, *types; IMP imp; };
struct methods { struct methods *next; int count; struct method list[]; };
struct ivars { int count; struct { const char *name, *type; int offset; } list[]; };
struct class {
    Class isa, super; // super: as emitted, the superclass's name
    const char *name;
    long version;
    unsigned long info;
    long size; // as emitted, minus the size of the class's own variables
    struct ivars *ivars;
    struct methods *methods;
    void *table;
    Class subclass, sibling;
    void *protocols, *extra;
    long abi;
    int **offsets;
    void *properties;
    long strong, weak;
};
struct object { Class isa; };
struct category { const char *name, *class_name; struct methods *instance, *class; void *protocols; };
struct symbols { unsigned long selector_count; struct selector *selectors; unsigned short classes, categories; void *definitions[]; };
struct module { unsigned long version, size; const char *name; struct symbols *symbols; };
enum { META = 1 << 1, RESOLVED = 1 << 16, INITIALIZED = 1 << 17, OF_THE_APP = 1 << 18 };

void device_made(const void *object, unsigned long size, const char *class_name); // device.h
void device_changed(const void *place);
void device_freed(const void *object);

static _Noreturn void die(const char *what, const char *name) {
    fprintf(stderr, "objc: %s %s\n", what, name);
    abort();
}

// ------------------------------------------------------------------------------------------------------------------- names

// One pointer a selector's name, so that names are compared as pointers.
static const char *intern(const char *name) {
    static const char *names[8192];
    unsigned hash = 5381;
    for (const char *at = name; *at; at++) hash = hash * 33 + (unsigned char)*at;
    for (hash %= 8192; names[hash]; hash = (hash + 1) % 8192)
        if (!strcmp(names[hash], name)) return names[hash];
    return names[hash] = name;
}

// ----------------------------------------------------------------------------------------------------------------- classes

static Class classes[512];
static int class_count;
static struct { Class class; const char *name; IMP imp; } cache[4096];

Class objc_lookUpClass(const char *name) {
    for (int i = 0; i < class_count; i++)
        if (!strcmp(classes[i]->name, name)) return classes[i];
    return NULL;
}

Class objc_class_super(Class class) { return class->super; }
const char *objc_class_name(Class class) { return class->name; }

static void add_methods(Class class, struct methods *methods) {
    for (struct methods *next; methods; methods = next) {
        next = methods->next;
        for (int i = 0; i < methods->count; i++) methods->list[i].name = intern(methods->list[i].name);
        methods->next = class->methods;
        class->methods = methods;
    }
}

// Categories of classes that come with a later module, and of none: clang's __ObjC_Protocol_Holder_Ugly_Hack.
static struct category *waiting[64];
static int waiting_count;

static bool extend(struct category *category) {
    Class class = objc_lookUpClass(category->class_name);
    if (!class) return false;
    add_methods(class, category->instance);
    add_methods(class->isa, category->class);
    return true;
}

// Called for each module before main.
void __objc_exec_class(struct module *module) {
    struct symbols *symbols = module->symbols;
    for (unsigned long i = 0; i < symbols->selector_count && symbols->selectors[i].name; i++)
        symbols->selectors[i].name = intern(symbols->selectors[i].name);
    for (int i = 0; i < symbols->classes; i++) {
        Class class = symbols->definitions[i], both[] = {class, class->isa};
        for (int j = 0; j < 2; j++) {
            struct methods *own = both[j]->methods;
            both[j]->methods = NULL;
            add_methods(both[j], own);
        }
        if (class_count == sizeof classes / sizeof *classes) die("too many", "classes");
        classes[class_count++] = class;
        // clang names a module after its source; the app's are in the folder in which they are compiled.
        if (!strncmp(module->name, "./", 2)) class->info |= OF_THE_APP;
    }
    for (int i = 0; i < symbols->categories; i++) {
        if (waiting_count == sizeof waiting / sizeof *waiting) die("too many", "categories");
        waiting[waiting_count++] = symbols->definitions[symbols->classes + i];
    }
    int left = 0;
    for (int i = 0; i < waiting_count; i++)
        if (!extend(waiting[i])) waiting[left++] = waiting[i];
    waiting_count = left;
}

// Links a class to its superclass and moves its variables behind those of the superclass.
static void resolve(Class class) {
    if (class->info & RESOLVED) return;
    class->info |= RESOLVED;
    Class super = NULL, meta = class->isa;
    if (class->super) {
        const char *name = (const char *)class->super;
        if (!(super = objc_lookUpClass(name))) die("no class", name);
        resolve(super);
    }
    class->super = super;
    meta->super = super ? super->isa : class;
    meta->isa = meta;
    meta->info |= RESOLVED;
    if (class->size > 0 || (class->size == 0 && !super)) return;
    long base = super ? (super->size + 7) & ~7L : 0;
    for (int i = 0; class->ivars && i < class->ivars->count; i++) {
        class->ivars->list[i].offset += (int)base;
        if (class->offsets && class->offsets[i]) *class->offsets[i] = class->ivars->list[i].offset;
    }
    class->size = base - class->size;
}

static IMP search(Class class, const char *name) {
    uintptr_t at = (((uintptr_t)class >> 4) ^ ((uintptr_t)name >> 1) * 31) % 4096;
    if (cache[at].class == class && cache[at].name == name) return cache[at].imp;
    for (Class c = class; c; c = c->super)
        for (struct methods *methods = c->methods; methods; methods = methods->next)
            for (int i = 0; i < methods->count; i++)
                if (methods->list[i].name == name) {
                    cache[at].class = class;
                    cache[at].name = name;
                    return cache[at].imp = methods->list[i].imp;
                }
    return NULL;
}

static id nothing(id self, SEL _cmd, ...) { return (void)self, (void)_cmd, NULL; }
static bool is_block(id object);
void *_Block_copy(const void *block);
static id copy_block(id self, SEL _cmd, ...) { return (void)_cmd, _Block_copy(self); }

IMP objc_msg_lookup(id self, SEL _cmd) {
    if (!self) return nothing;
    if (is_block(self)) {
        if (strcmp(_cmd->name, "copy")) die("a block does not answer", _cmd->name);
        return copy_block;
    }
    resolve(self->isa->info & META ? (Class)self : self->isa);
    IMP imp = search(self->isa, _cmd->name);
    if (!imp) {
        fprintf(stderr, "objc: %s does not answer %s\n", self->isa->name, _cmd->name);
        abort();
    }
    return imp;
}

IMP objc_msg_lookup_stret(id self, SEL _cmd) { return objc_msg_lookup(self, _cmd); } // of what returns a structure

struct super { id self; Class class; };

IMP objc_msg_lookup_super(struct super *super, SEL _cmd) {
    if (!super->self) return nothing;
    IMP imp = search(super->class, _cmd->name);
    if (!imp) die("super does not answer", _cmd->name);
    return imp;
}

bool objc_responds(id object, SEL selector) { return search(object->isa, intern(selector->name)) != NULL; }

// ------------------------------------------------------------------------------------------------------------------ blocks

// The layout that every implementation of blocks shares (clang's docs/Block-ABI-Apple.rst).
enum { NEEDS_FREE = 1 << 24, HAS_COPY = 1 << 25, IS_GLOBAL = 1 << 28, COUNT = 0xffff };
enum { FIELD_IS_BLOCK = 7, FIELD_IS_BYREF = 8, FIELD_KIND = 0x1f, BYREF_CALLER = 128 };
struct block {
    void *isa;
    int flags, count;
    void *invoke;
    struct { unsigned long reserved, size; void (*copy)(void *, void *); void (*dispose)(void *); } *descriptor;
};
struct byref {
    void *isa;
    struct byref *forwarding;
    int flags, size;
    void (*keep)(void *, void *);
    void (*destroy)(void *);
};
struct class _NSConcreteStackBlock, _NSConcreteGlobalBlock, _NSConcreteMallocBlock;

static bool is_block(id object) {
    return object->isa == &_NSConcreteStackBlock || object->isa == &_NSConcreteGlobalBlock || object->isa == &_NSConcreteMallocBlock;
}

void *_Block_copy(const void *of) {
    struct block *block = (struct block *)of;
    if (!block || block->flags & IS_GLOBAL) return block;
    if (block->flags & NEEDS_FREE) {
        block->count++;
        return block;
    }
    struct block *copy = malloc(block->descriptor->size);
    memcpy(copy, block, block->descriptor->size);
    copy->isa = &_NSConcreteMallocBlock;
    copy->flags = (copy->flags & ~COUNT) | NEEDS_FREE;
    copy->count = 1;
    if (copy->flags & HAS_COPY) copy->descriptor->copy(copy, block);
    return copy;
}

void _Block_release(const void *of) {
    struct block *block = (struct block *)of;
    if (!block || block->flags & IS_GLOBAL || !(block->flags & NEEDS_FREE) || --block->count) return;
    if (block->flags & HAS_COPY) block->descriptor->dispose(block);
    free(block);
}

static struct byref *copy_byref(struct byref *byref) { // a `__block` variable
    if (byref->flags & NEEDS_FREE) {
        byref->flags += 2;
        return byref;
    }
    struct byref *copy = malloc((size_t)byref->size);
    memcpy(copy, byref, (size_t)byref->size);
    copy->isa = NULL;
    copy->flags = (byref->flags & ~COUNT) | NEEDS_FREE | 4; // two references: the stack's and the block's
    copy->forwarding = byref->forwarding = copy;
    if (copy->flags & HAS_COPY) copy->keep(copy, byref);
    return copy;
}

id objc_retain(id object);
void objc_release(id object);

void _Block_object_assign(void *to, const void *from, int flags) {
    if ((flags & FIELD_KIND) == FIELD_IS_BYREF) *(void **)to = copy_byref(((struct byref *)from)->forwarding);
    else if ((flags & FIELD_KIND) == FIELD_IS_BLOCK) *(void **)to = _Block_copy(from);
    else if (flags & BYREF_CALLER) *(const void **)to = from;
    else *(void **)to = objc_retain((id)from);
}

void _Block_object_dispose(const void *of, int flags) {
    if ((flags & FIELD_KIND) == FIELD_IS_BYREF) {
        struct byref *byref = ((struct byref *)of)->forwarding;
        if (!(byref->flags & NEEDS_FREE) || ((byref->flags -= 2) & COUNT)) return;
        if (byref->flags & HAS_COPY) byref->destroy(byref);
        free(byref);
    } else if ((flags & FIELD_KIND) == FIELD_IS_BLOCK) _Block_release(of);
    else if (!(flags & BYREF_CALLER)) objc_release((id)of);
}

// --------------------------------------------------------------------------------------------------------------------- ARC

// The count of an object's owners stands before it. Constant strings and classes have none.
extern struct class _OBJC_CLASS_NSConstantString;
static long *owners(id object) { return (long *)object - 1; }
static bool is_counted(id object) {
    return object && object->isa != &_OBJC_CLASS_NSConstantString && !(object->isa->info & META);
}

id objc_make(Class class) {
    resolve(class);
    long *memory = calloc(1, (size_t)class->size + 2 * sizeof(long)); // two: objects stay aligned to 16 bytes
    id object = (id)(memory + 2);
    object->isa = class;
    *owners(object) = 1;
    if (class->info & OF_THE_APP) device_made(object, (unsigned long)class->size, class->name);
    return object;
}

static struct { id object, *where; } weak[4096];
static int weak_count;

void objc_free(id object) {
    if (object->isa->info & OF_THE_APP) device_freed(object);
    for (int i = 0; i < weak_count; i++)
        if (weak[i].object == object) {
            *weak[i].where = NULL;
            weak[i--] = weak[--weak_count];
        }
    static struct selector destruct = {".cxx_destruct", NULL};
    destruct.name = intern(destruct.name);
    for (Class class = object->isa; class; class = class->super)
        for (struct methods *methods = class->methods; methods; methods = methods->next)
            for (int i = 0; i < methods->count; i++)
                if (methods->list[i].name == destruct.name) methods->list[i].imp(object, &destruct);
    free((long *)object - 2);
}

// A block on the stack has no owners; where one must outlive it ARC calls objc_retainBlock.
id objc_retain(id object) {
    if (!is_counted(object) || object->isa == &_NSConcreteStackBlock) return object;
    if (is_block(object)) return _Block_copy(object);
    ++*owners(object);
    return object;
}

void objc_release(id object) {
    if (!is_counted(object)) return;
    if (is_block(object)) {
        _Block_release(object);
        return;
    }
    if (--*owners(object)) return;
    static struct selector dealloc = {"dealloc", NULL};
    dealloc.name = intern(dealloc.name);
    search(object->isa, dealloc.name)(object, &dealloc);
}

static _Thread_local id *pool;
static _Thread_local long pool_count, pool_room;

void *objc_autoreleasePoolPush(void) { return (void *)pool_count; }
void objc_autoreleasePoolPop(void *to) {
    while (pool_count > (long)to) objc_release(pool[--pool_count]);
}
id objc_autorelease(id object) {
    if (!is_counted(object)) return object;
    if (pool_count == pool_room) pool = realloc(pool, sizeof *pool * (size_t)(pool_room = pool_room * 2 + 64));
    return pool[pool_count++] = object;
}

id objc_retainBlock(id block) { return _Block_copy(block); }
id objc_retainAutorelease(id object) { return objc_autorelease(objc_retain(object)); }
id objc_autoreleaseReturnValue(id object) { return objc_autorelease(object); }
id objc_retainAutoreleaseReturnValue(id object) { return objc_retainAutorelease(object); }
id objc_retainAutoreleasedReturnValue(id object) { return objc_retain(object); }
id objc_unsafeClaimAutoreleasedReturnValue(id object) { return object; }
void objc_storeStrong(id *to, id object) {
    device_changed(to);
    id old = *to;
    *to = objc_retain(object);
    objc_release(old);
}

void objc_destroyWeak(id *where) {
    for (int i = 0; i < weak_count; i++)
        if (weak[i].where == where) {
            weak[i] = weak[--weak_count];
            return;
        }
}
id objc_initWeak(id *where, id object) {
    *where = object;
    if (!is_counted(object) || is_block(object)) return object;
    if (weak_count == sizeof weak / sizeof *weak) die("too many", "weak references");
    weak[weak_count].object = object;
    weak[weak_count++].where = where;
    return object;
}
id objc_storeWeak(id *where, id object) {
    device_changed(where);
    objc_destroyWeak(where);
    return objc_initWeak(where, object);
}
id objc_loadWeakRetained(id *where) { return objc_retain(*where); }
id objc_loadWeak(id *where) { return objc_autorelease(objc_loadWeakRetained(where)); }
void objc_copyWeak(id *to, id *from) { objc_initWeak(to, *from); }
void objc_moveWeak(id *to, id *from) {
    objc_initWeak(to, *from);
    objc_destroyWeak(from);
}

// Of what can be copied here only blocks change by it: else a copy is one more owner.
id objc_getProperty(id self, SEL _cmd, long offset, signed char atomic) {
    return (void)_cmd, (void)atomic, objc_retainAutorelease(*(id *)((char *)self + offset));
}
void objc_setProperty(id self, SEL _cmd, long offset, id value, signed char atomic, signed char copy) {
    (void)_cmd, (void)atomic;
    id *at = (id *)((char *)self + offset), old = *at;
    device_changed(at);
    *at = copy && value && is_block(value) ? _Block_copy(value) : objc_retain(value);
    objc_release(old);
}

// One thread runs at a time.
int objc_sync_enter(id object) { return (void)object, 0; }
int objc_sync_exit(id object) { return (void)object, 0; }

void objc_enumerationMutation(id collection) { die("changed while it was enumerated:", collection->isa->name); }
void objc_exception_throw(id exception) { die("exception", exception ? exception->isa->name : "nil"); }
int __gnu_objc_personality_v0(void) { return 8; } // _URC_CONTINUE_UNWIND
