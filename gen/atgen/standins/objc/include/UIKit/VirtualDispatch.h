// On a Mac, where Dispatch is real: what an app enqueues goes to the virtual device all the same. The queues themselves are the
// real ones, for their identity only.
#ifndef VIRTUAL_DISPATCH_H
#define VIRTUAL_DISPATCH_H

#include <dispatch/dispatch.h>

#define dispatch_time virtual_dispatch_time
#define dispatch_async virtual_dispatch_async
#define dispatch_after virtual_dispatch_after

#pragma clang assume_nonnull begin
dispatch_time_t dispatch_time(dispatch_time_t when, int64_t delta);
void dispatch_async(dispatch_queue_t queue, dispatch_block_t block);
void dispatch_after(dispatch_time_t when, dispatch_queue_t queue, dispatch_block_t block);
#pragma clang assume_nonnull end

#endif
