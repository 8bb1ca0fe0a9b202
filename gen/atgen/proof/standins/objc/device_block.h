// Objective-C blocks as the virtual device holds them; it frees them.
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

static void run_function(void *context, int number) {
    @autoreleasepool {
        ((__bridge void (^)(int))context)(number);
    }
}

static inline struct device_function device_function(void (^block)(int number)) {
    return (struct device_function){run_function, drop_block, (__bridge_retained void *)[block copy]};
}

#endif
