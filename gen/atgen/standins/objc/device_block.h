// An Objective-C block as a block of the virtual device, which frees it.
#ifndef DEVICE_BLOCK_H
#define DEVICE_BLOCK_H

#import <Foundation/Foundation.h>

#include "device.h"

static void run_block(void *context) {
    @autoreleasepool {
        ((__bridge void (^)(void))context)();
    }
}

static void drop_block(void *context) { (void)(__bridge_transfer void (^)(void))context; }

static inline struct device_block device_block(void (^block)(void)) {
    return (struct device_block){run_block, drop_block, (__bridge_retained void *)[block copy]};
}

#endif
