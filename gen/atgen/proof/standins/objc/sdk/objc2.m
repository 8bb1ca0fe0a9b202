// The SDK before, over the virtual device; with ARC.
#import <ATContext.h>
#import <ATGesture.h>
#import <ATInternet.h>

#include "FormerDelegate.h"
#include "device_block.h"

@interface ATTracker ()
- (void)start;
@property (nonatomic) int number;
@property (nonatomic, copy) NSString *name;
@property (nonatomic, strong) id former; // the slot is weak: the app holds what it has put there
@end

@interface ATContext ()
@property (nonatomic) int number;
@end

@interface ATGestures ()
@property (nonatomic) int number;
@end

@interface ATGesture ()
@property (nonatomic) int number;
@end

@interface ATInternet ()
@property (nonatomic, strong) NSMutableArray<ATTracker *> *trackers;
@end

__attribute__((constructor)) static void differ(void) { device_builds_all = true; }

static void set(NSDictionary<NSString *, NSString *> *configuration) {
    for (NSString *key in configuration.allKeys) {
        device_setting(key.UTF8String, configuration[key].UTF8String);
    }
}

static ATInternet *shared;

static void forget(void) { shared = nil; }

@implementation ATInternet

+ (ATInternet *)sharedInstance {
    if (!shared) {
        shared = [self new];
        shared.trackers = [NSMutableArray array];
        device_at_end(forget);
    }
    return shared;
}

- (ATTracker *)defaultTracker {
    return [self trackerWithName:@"defaultTracker"];
}

- (ATTracker *)trackerWithName:(NSString *)name {
    return [self trackerWithName:name configuration:nil];
}

- (ATTracker *)trackerWithName:(NSString *)name configuration:(NSDictionary *)configuration {
    for (ATTracker *tracker in self.trackers) {
        if ([tracker.name isEqualToString:name]) {
            return tracker;
        }
    }
    set(configuration);
    ATTracker *tracker = [ATTracker new];
    tracker.number = device_tracker(name.UTF8String);
    tracker.name = name;
    if ([name isEqualToString:@"defaultTracker"]) {
        [tracker start];
    }
    tracker.context = [ATContext new];
    tracker.context.number = tracker.number;
    tracker.gestures = [ATGestures new];
    tracker.gestures.number = tracker.number;
    [self.trackers addObject:tracker];
    return tracker;
}

@end

static void tell(void *context, enum device_method method, bool success, const char *text) {
    @autoreleasepool {
        id delegate = ((__bridge ATTracker *)context).delegate;
        ATHitStatus status = success ? ATHitStatusSuccess : ATHitStatusFailed;
        NSString *message = [NSString stringWithUTF8String:text];
        switch (method) {
        case DEVICE_BUILD_DID_END:
            if ([delegate respondsToSelector:@selector(buildDidEnd:message:)]) {
                [delegate buildDidEnd:status message:message];
            }
            break;
        case DEVICE_SEND_DID_END:
            if ([delegate respondsToSelector:@selector(sendDidEnd:message:)]) {
                [delegate sendDidEnd:status message:message];
            }
            break;
        case DEVICE_SAVE_DID_END:
            if ([delegate respondsToSelector:@selector(saveDidEnd:)]) {
                [delegate saveDidEnd:message];
            }
            break;
        case DEVICE_WARNING_DID_OCCUR:
            if ([delegate respondsToSelector:@selector(warningDidOccur:)]) {
                [delegate warningDidOccur:message];
            }
            break;
        case DEVICE_ERROR_DID_OCCUR:
            if ([delegate respondsToSelector:@selector(errorDidOccur:)]) {
                [delegate errorDidOccur:message];
            }
            break;
        case DEVICE_DID_CALL_PARTNER:
            if ([delegate respondsToSelector:@selector(didCallPartner:)]) {
                [delegate didCallPartner:message];
            }
            break;
        }
    }
}

@implementation ATTracker

@synthesize delegate = _delegate;

// What other code has put into the slot is not the app's.
- (id)delegate {
    return device_is_taken(self.number) ? (id)[NSObject new] : _delegate;
}

- (void)start {
    self.former = device_keeps_delegates() ? [FormerDelegate of:self.number] : [NSObject new];
    _delegate = self.former;
}

- (void)setDelegate:(id)delegate {
    _delegate = delegate;
    device_listen(self.number, delegate ? tell : NULL, (__bridge void *)self);
}

- (void)setConfig:(NSDictionary *)configuration override:(BOOL)overrideConfig completionHandler:(void (^)(BOOL))completionHandler {
    set(configuration);
    device_configure(self.number, overrideConfig);
    if (completionHandler) { // on its queue (ATTracker.m)
        device_async(DEVICE_GLOBAL, device_block(^{
            completionHandler(YES);
        }));
    }
}

@end

@implementation ATContext

- (ATBackgroundMode)backgroundMode {
    return (ATBackgroundMode)device_mode(self.number);
}

- (void)setBackgroundMode:(ATBackgroundMode)backgroundMode {
    device_set_mode(self.number, backgroundMode);
}

@end

@implementation ATGestures

- (ATGesture *)add {
    return [self addWithName:@""];
}

- (ATGesture *)addWithName:(NSString *)name {
    return [self addWithName:name chapter1:nil];
}

- (ATGesture *)addWithName:(NSString *)name chapter1:(NSString *)chapter1 {
    return [self addWithName:name chapter1:chapter1 chapter2:nil];
}

- (ATGesture *)addWithName:(NSString *)name chapter1:(NSString *)chapter1 chapter2:(NSString *)chapter2 {
    return [self addWithName:name chapter1:chapter1 chapter2:chapter2 chapter3:nil];
}

- (ATGesture *)addWithName:(NSString *)name
                  chapter1:(NSString *)chapter1
                  chapter2:(NSString *)chapter2
                  chapter3:(NSString *)chapter3 {
    ATGesture *gesture = [ATGesture new];
    gesture.number = self.number;
    gesture.name = name;
    gesture.chapter1 = chapter1;
    gesture.chapter2 = chapter2;
    gesture.chapter3 = chapter3;
    return gesture;
}

@end

@implementation ATGesture

- (void)send:(ATGestureAction)action {
    self.action = action;
    device_hit(self.number, action, self.name.UTF8String, self.chapter1.UTF8String, self.chapter2.UTF8String, self.chapter3.UTF8String);
}

- (void)sendTouch {
    [self send:ATGestureActionTouch];
}

- (void)sendNavigation {
    [self send:ATGestureActionNavigate];
}

- (void)sendDownload {
    [self send:ATGestureActionDownload];
}

- (void)sendExit {
    [self send:ATGestureActionExit];
}

- (void)sendSearch {
    [self send:ATGestureActionSearch];
}

@end
