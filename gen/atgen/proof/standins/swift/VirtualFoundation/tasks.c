// Swift's tasks on the virtual device. Their runtime hands their parts to Dispatch, by functions whose names here come before its
// own, or, where no actor is to run them, to whoever asks for them (include/swift/Runtime/Concurrency.h).
#define _GNU_SOURCE // RTLD_DEFAULT, RTLD_NEXT
#include "device.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#define SWIFT_CC __attribute__((swiftcall))
#define LENGTH(array) (sizeof(array) / sizeof *(array))

// No executor: any thread will do.
struct executor { void *identity; uintptr_t implementation; };
SWIFT_CC void swift_job_run(void *job, struct executor executor);
SWIFT_CC void *swift_task_getCurrent(void);
extern SWIFT_CC void (*swift_task_enqueueGlobal_hook)(void *job, void *usual);

// A task descends from what has made it, whoever has it go on, and on whatever actor; the latest are known.
static struct made { const void *task; int root; } made[1024];
static size_t made_count;

static int root_of_task(int otherwise) {
    const void *task = swift_task_getCurrent();
    if (!task) return otherwise;
    for (size_t i = made_count; i && i + LENGTH(made) > made_count; i--)
        if (made[(i - 1) % LENGTH(made)].task == task) return made[(i - 1) % LENGTH(made)].root;
    return otherwise;
}

struct task { void *task, *context; };

SWIFT_CC struct task swift_task_create(size_t flags, void *options, const void *result, void *function, void *context) {
    static SWIFT_CC struct task (*make)(size_t, void *, const void *, void *, void *);
    if (!make) make = (SWIFT_CC struct task (*)(size_t, void *, const void *, void *, void *))dlsym(RTLD_NEXT, "swift_task_create");
    struct task task = make(flags, options, result, function, context);
    made[made_count++ % LENGTH(made)] = (struct made){task.task, device_from()};
    return task;
}

struct part { void (*function)(void *); void *context; };

static void run(void *part) { ((struct part *)part)->function(((struct part *)part)->context); }

static struct device_block block(void (*function)(void *), void *context) {
    struct part *part = malloc(sizeof *part);
    *part = (struct part){function, context};
    return (struct device_block){run, free, part};
}

static int number(const void *queue) { return queue == dlsym(RTLD_DEFAULT, "_dispatch_main_q") ? DEVICE_MAIN : DEVICE_GLOBAL; }

void dispatch_async_f(void *queue, void *context, void (*function)(void *)) {
    device_async(number(queue), block(function, context));
}

// All clocks are the device's, since another goes on while ours stands: what one sleeps until is reckoned from it.
int clock_gettime(clockid_t clock, struct timespec *now) {
    enum { BOOTED = 1000, TODAY = 1800000000, BILLION = 1000000000 };
    long long nanoseconds = (long long)(device_now() * BILLION + 0.5);
    *now = (struct timespec){(clock == CLOCK_REALTIME ? TODAY : BOOTED) + nanoseconds / BILLION, nanoseconds % BILLION};
    return 0;
}

void dispatch_after_f(uint64_t when, void *queue, void *context, void (*function)(void *)) {
    static const uint64_t MONOTONIC = 1ull << 63; // dispatch/time.h: which of the clocks a time is of
    uint64_t (*time)(uint64_t, int64_t) = (uint64_t (*)(uint64_t, int64_t))dlsym(RTLD_DEFAULT, "dispatch_time");
    device_after((double)(int64_t)(when - time(when & MONOTONIC, 0)) / 1e9, number(queue), block(function, context));
}

static void begin(void *job) { swift_job_run(job, (struct executor){0}); }

static SWIFT_CC void anywhere(void *job, void *usual) { device_async(DEVICE_GLOBAL, block(begin, job)); }

__attribute__((constructor)) static void take_over(void) {
    swift_task_enqueueGlobal_hook = anywhere;
    device_root = root_of_task;
}
