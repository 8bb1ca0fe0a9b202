// Dispatch and activities over the virtual device, with ARC.
#import <UIKit/UIKit.h>

#include "device_block.h"

#include <math.h>

#ifndef __APPLE__
dispatch_queue_t dispatch_get_main_queue(void) { return (dispatch_queue_t)(DEVICE_MAIN + 1L); }
dispatch_queue_t dispatch_get_global_queue(intptr_t identifier, uintptr_t flags) {
    return (void)identifier, (void)flags, (dispatch_queue_t)(DEVICE_GLOBAL + 1L);
}
#endif

static int number(dispatch_queue_t queue) { return queue == dispatch_get_main_queue() ? DEVICE_MAIN : DEVICE_GLOBAL; }

static dispatch_time_t now(void) { return (dispatch_time_t)(device_now() * NSEC_PER_SEC + 0.5); }

dispatch_time_t dispatch_time(dispatch_time_t when, int64_t delta) { return (when == DISPATCH_TIME_NOW ? now() : when) + (uint64_t)delta; }

void dispatch_async(dispatch_queue_t queue, dispatch_block_t block) { device_async(number(queue), device_block(block)); }

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
