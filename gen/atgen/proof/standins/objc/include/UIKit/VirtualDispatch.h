// On a Mac, where Dispatch and Foundation are real: what an app enqueues, and what it waits for, goes to the virtual device all the
// same. The queues themselves are the real ones, for their identity only.
#ifndef VIRTUAL_DISPATCH_H
#define VIRTUAL_DISPATCH_H

#import <Foundation/Foundation.h>

#define dispatch_time virtual_dispatch_time
#define dispatch_sync virtual_dispatch_sync
#define dispatch_async virtual_dispatch_async
#define dispatch_after virtual_dispatch_after
#define dispatch_block_create virtual_dispatch_block_create
#define dispatch_block_cancel virtual_dispatch_block_cancel
#define dispatch_semaphore_t VirtualSemaphore *
#define dispatch_semaphore_create virtual_dispatch_semaphore_create
#define dispatch_semaphore_signal virtual_dispatch_semaphore_signal
#define dispatch_semaphore_wait virtual_dispatch_semaphore_wait
#define dispatch_group_t VirtualGroup *
#define dispatch_group_create virtual_dispatch_group_create
#define dispatch_group_enter virtual_dispatch_group_enter
#define dispatch_group_leave virtual_dispatch_group_leave
#define dispatch_group_notify virtual_dispatch_group_notify
#define dispatch_group_async virtual_dispatch_group_async
#define dispatch_group_wait virtual_dispatch_group_wait
#define NSProcessInfo VirtualProcessInfo
#define NSURLSession VirtualURLSession
#define NSURLSessionConfiguration VirtualURLSessionConfiguration
#define NSURLSessionTask VirtualURLSessionTask
#define NSURLSessionDataTask VirtualURLSessionDataTask

#pragma clang assume_nonnull begin
dispatch_time_t dispatch_time(dispatch_time_t when, int64_t delta);
void dispatch_sync(dispatch_queue_t queue, dispatch_block_t block);
void dispatch_async(dispatch_queue_t queue, dispatch_block_t block);
void dispatch_after(dispatch_time_t when, dispatch_queue_t queue, dispatch_block_t block);

dispatch_block_t dispatch_block_create(dispatch_block_flags_t flags, dispatch_block_t block);
void dispatch_block_cancel(dispatch_block_t block);

@interface VirtualSemaphore : NSObject
@property (nonatomic) int number;
@end
dispatch_semaphore_t dispatch_semaphore_create(intptr_t value);
intptr_t dispatch_semaphore_signal(dispatch_semaphore_t semaphore);
intptr_t dispatch_semaphore_wait(dispatch_semaphore_t semaphore, dispatch_time_t timeout);

@class VirtualGroup;
dispatch_group_t dispatch_group_create(void);
void dispatch_group_enter(dispatch_group_t group);
void dispatch_group_leave(dispatch_group_t group);
void dispatch_group_async(dispatch_group_t group, dispatch_queue_t queue, dispatch_block_t block);
intptr_t dispatch_group_wait(dispatch_group_t group, dispatch_time_t timeout);
void dispatch_group_notify(dispatch_group_t group, dispatch_queue_t queue, dispatch_block_t block);
#pragma clang assume_nonnull end

#include <UIKit/VirtualFoundation.h>

#endif
