// Dispatch and activities over the virtual device, with ARC.
#import <UIKit/UIKit.h>

#include "device_block.h"

#include <math.h>

#ifndef __APPLE__
@interface VirtualQueue : NSObject {
  @public
    int number;
}
@end

@implementation VirtualQueue
@end

static VirtualQueue *made(int number) {
    VirtualQueue *queue = [VirtualQueue new];
    queue->number = number;
    return queue;
}

dispatch_queue_t dispatch_get_main_queue(void) {
    static VirtualQueue *queue;
    return queue ?: (queue = made(DEVICE_MAIN));
}

dispatch_queue_t dispatch_get_global_queue(intptr_t identifier, uintptr_t flags) {
    static VirtualQueue *queue;
    return (void)identifier, (void)flags, queue ?: (queue = made(DEVICE_GLOBAL));
}

dispatch_queue_t dispatch_queue_create(const char *label, dispatch_queue_attr_t attributes) {
    return (void)label, made(device_queue(attributes == DISPATCH_QUEUE_CONCURRENT));
}

static int number(dispatch_queue_t queue) { return queue->number; }
#else
static int number(dispatch_queue_t queue) { return queue == dispatch_get_main_queue() ? DEVICE_MAIN : DEVICE_GLOBAL; }
#endif

static dispatch_time_t now(void) { return (dispatch_time_t)(device_now() * NSEC_PER_SEC + 0.5); }

dispatch_time_t dispatch_time(dispatch_time_t when, int64_t delta) { return (when == DISPATCH_TIME_NOW ? now() : when) + (uint64_t)delta; }

void dispatch_async(dispatch_queue_t queue, dispatch_block_t block) { device_async(number(queue), device_block(block)); }

// On the thread that calls it unless others are before it; for itself a queue waits for ever.
void dispatch_sync(dispatch_queue_t queue, dispatch_block_t block) {
    if (device_enter(number(queue))) {
        block();
        device_leave(number(queue));
        return;
    }
    int over = device_semaphore(0);
    device_async(number(queue), device_block(^{
        block();
        device_signal(over);
    }));
    device_wait(over, INFINITY);
}

void dispatch_after(dispatch_time_t when, dispatch_queue_t queue, dispatch_block_t block) {
    device_after(((double)when - (double)now()) / NSEC_PER_SEC, number(queue), device_block(block));
}

dispatch_block_t dispatch_block_create(dispatch_block_flags_t flags, dispatch_block_t block) { return (void)flags, [block copy]; }

void dispatch_block_cancel(dispatch_block_t block) { device_cancel((__bridge void *)block); }

// On a Mac they are objects (VirtualDispatch.h).
#ifdef __APPLE__
@implementation VirtualSemaphore
@end

dispatch_semaphore_t dispatch_semaphore_create(intptr_t value) {
    VirtualSemaphore *semaphore = [VirtualSemaphore new];
    semaphore.number = device_semaphore(value);
    return semaphore;
}
static int of(dispatch_semaphore_t semaphore) { return semaphore.number; }
#else
dispatch_semaphore_t dispatch_semaphore_create(intptr_t value) { return (dispatch_semaphore_t)(device_semaphore(value) + 1L); }
static int of(dispatch_semaphore_t semaphore) { return (int)((intptr_t)semaphore - 1); }
#endif

intptr_t dispatch_semaphore_signal(dispatch_semaphore_t semaphore) {
    device_signal(of(semaphore));
    return 0;
}

intptr_t dispatch_semaphore_wait(dispatch_semaphore_t semaphore, dispatch_time_t timeout) {
    double seconds = timeout == DISPATCH_TIME_FOREVER ? INFINITY : ((double)timeout - (double)now()) / NSEC_PER_SEC;
    return !device_wait(of(semaphore), seconds);
}

@interface VirtualGroup : NSObject {
  @public
    int inside;
}
@property (nonatomic, strong) NSMutableArray<dispatch_block_t> *waiting;
@end

@implementation VirtualGroup
@end

dispatch_group_t dispatch_group_create(void) {
    VirtualGroup *group = [VirtualGroup new];
    group.waiting = [NSMutableArray array];
    return group;
}

static void tell(VirtualGroup *group) {
    if (group->inside) return;
    NSMutableArray<dispatch_block_t> *told = group.waiting;
    group.waiting = [NSMutableArray array];
    for (dispatch_block_t block in told) block();
}

void dispatch_group_enter(dispatch_group_t group) { group->inside++; }

void dispatch_group_leave(dispatch_group_t group) {
    if (!group->inside) __builtin_trap(); // Unbalanced call to dispatch_group_leave()
    group->inside--;
    tell(group);
}

void dispatch_group_async(dispatch_group_t group, dispatch_queue_t queue, dispatch_block_t block) {
    dispatch_group_enter(group);
    dispatch_async(queue, ^{
        block();
        dispatch_group_leave(group);
    });
}

intptr_t dispatch_group_wait(dispatch_group_t group, dispatch_time_t timeout) {
    int over = device_semaphore(0);
    [group.waiting addObject:^{
        device_signal(over);
    }];
    tell(group);
    double seconds = timeout == DISPATCH_TIME_FOREVER ? INFINITY : ((double)timeout - (double)now()) / NSEC_PER_SEC;
    return !device_wait(over, seconds);
}

void dispatch_group_notify(dispatch_group_t group, dispatch_queue_t queue, dispatch_block_t block) {
    [group.waiting addObject:^{
        dispatch_async(queue, block);
    }];
    tell(group);
}

@implementation NSProcessInfo

+ (NSProcessInfo *)processInfo {
    static NSProcessInfo *info;
    return info ?: (info = [NSProcessInfo new]);
}

- (void)performExpiringActivityWithReason:(NSString *)reason usingBlock:(void (^)(BOOL expired))block {
    device_activity(reason.UTF8String, device_function(^(int expired) {
        block(expired != 0);
    }));
}

@end
