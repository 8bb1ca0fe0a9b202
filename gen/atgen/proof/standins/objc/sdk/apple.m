// The module Tracker over the virtual device, which keeps the SDK's rules; with ARC.
#import <Tracker/Tracker-Swift.h>

#include "FormerDelegate.h"
#include "device_block.h"

#include <string.h>

@interface Tracker ()
- (void)start;
@property (nonatomic) int number;
@property (nonatomic, copy) NSString *name;
@property (nonatomic, weak) id<TrackerDelegate> appDelegate;
// Where the slot keeps nobody alive the app itself does so with what it has put there before.
@property (nonatomic, strong) id<TrackerDelegate> kept;
@property (nonatomic, readwrite, strong) Context *context;
@property (nonatomic, readwrite, strong) Gestures *gestures;
@property (nonatomic, readwrite, strong) Screens *screens;
@property (nonatomic, readwrite, strong) Events *events;
@end

@interface Context ()
@property (nonatomic) int number;
@end

@interface Gestures ()
@property (nonatomic) int number;
@end

@interface Gesture ()
@property (nonatomic) int number;
@end

@interface Screens ()
@property (nonatomic) int number;
@end

@interface Screen ()
@property (nonatomic) int number;
@end

@interface Events ()
@property (nonatomic) int number;
@property (nonatomic, strong) NSMutableArray<Event *> *added;
@end

@interface Event ()
@property (nonatomic, copy) NSDictionary<NSString *, id> *data;
+ (Event *)eventWithName:(NSString *)name data:(NSDictionary<NSString *, id> *)data;
@end

@interface ATInternet ()
@property (nonatomic, strong) NSMutableArray<Tracker *> *trackers;
@end

static void set(NSDictionary<NSString *, NSString *> *configuration) {
    NSArray<NSString *> *keys = configuration.allKeys;
    for (NSUInteger i = 0; i < keys.count; i++) {
        device_setting(keys[i].UTF8String, configuration[keys[i]].UTF8String);
    }
}

static ATInternet *shared;

static void forget(void) { shared = nil; }

@implementation ATInternet

+ (ATInternet *)sharedInstance {
    if (!shared) {
        shared = [[self alloc] init];
        shared.trackers = [NSMutableArray array];
        device_at_end(forget);
    }
    return shared;
}

- (instancetype)init {
    return self = [super init];
}

- (void)setUserAgent:(NSString *)userAgent {
    _userAgent = userAgent;
    device_has_user_agent = userAgent.length > 0;
}

- (Tracker *)defaultTracker {
    return [self tracker:@"defaultTracker"];
}

- (Tracker *)tracker:(NSString *)name {
    return [self tracker:name configuration:@{}];
}

- (Tracker *)tracker:(NSString *)name configuration:(NSDictionary<NSString *, NSString *> *)configuration {
    for (NSUInteger i = 0; i < self.trackers.count; i++) {
        if ([self.trackers[i].name isEqualToString:name]) {
            return self.trackers[i];
        }
    }
    set(configuration);
    Tracker *tracker = [Tracker new];
    tracker.number = device_tracker(name.UTF8String);
    tracker.name = name;
    if ([name isEqualToString:@"defaultTracker"]) {
        [tracker start];
    }
    tracker.context = [Context new];
    tracker.context.number = tracker.number;
    tracker.gestures = [Gestures new];
    tracker.gestures.number = tracker.number;
    tracker.screens = [Screens new];
    tracker.screens.number = tracker.number;
    tracker.events = [Events new];
    tracker.events.number = tracker.number;
    tracker.events.added = [NSMutableArray array];
    [self.trackers addObject:tracker];
    return tracker;
}

@end

static void tell(void *context, enum device_method method, bool success, const char *text) {
    @autoreleasepool {
        id<TrackerDelegate> delegate = ((__bridge Tracker *)context).delegate;
        HitStatus status = success ? HitStatusSuccess : HitStatusFailed;
        NSString *message = [NSString stringWithUTF8String:text];
        switch (method) {
        case DEVICE_BUILD_DID_END:
            if ([(id)delegate respondsToSelector:@selector(buildDidEnd:message:)]) {
                [delegate buildDidEnd:status message:message];
            }
            break;
        case DEVICE_SEND_DID_END:
            if ([(id)delegate respondsToSelector:@selector(sendDidEnd:message:)]) {
                [delegate sendDidEnd:status message:message];
            }
            break;
        case DEVICE_SAVE_DID_END:
            if ([(id)delegate respondsToSelector:@selector(saveDidEnd:)]) {
                [delegate saveDidEnd:message];
            }
            break;
        case DEVICE_WARNING_DID_OCCUR:
            if ([(id)delegate respondsToSelector:@selector(warningDidOccur:)]) {
                [delegate warningDidOccur:message];
            }
            break;
        case DEVICE_ERROR_DID_OCCUR:
            if ([(id)delegate respondsToSelector:@selector(errorDidOccur:)]) {
                [delegate errorDidOccur:message];
            }
            break;
        case DEVICE_DID_CALL_PARTNER:
            break;
        }
    }
}

@implementation Tracker

// What other code has put into the slot is not the app's.
- (id<TrackerDelegate>)delegate {
    return device_is_taken(self.number) ? (id<TrackerDelegate>)[NSObject new] : self.appDelegate;
}

- (void)start {
    self.kept = device_keeps_delegates() ? [FormerDelegate of:self.number] : [NSObject new];
    self.appDelegate = self.kept;
}

- (void)setDelegate:(id<TrackerDelegate>)delegate {
    self.appDelegate = delegate;
    if (device_keeps_delegates()) {
        self.kept = delegate;
    }
    device_listen(self.number, delegate ? tell : NULL, (__bridge void *)self);
}

// Here always at once, as the SDK does when `sync` is true; then it never calls the handler, and else not on the main thread.
- (void)setConfig:(NSDictionary<NSString *, NSString *> *)configuration
             override:(BOOL)override
                 sync:(BOOL)sync
    completionHandler:(void (^)(BOOL))completionHandler {
    set(configuration);
    device_configure(self.number, override);
    if (completionHandler && !sync) {
        device_async(DEVICE_GLOBAL, device_block(^{
            completionHandler(YES);
        }));
    }
}

@end

@implementation Privacy

+ (void)extendIncludeBuffer:(NSString *)visitorMode keys:(NSArray<NSString *> *)keys {
    for (NSString *key in keys) {
        device_let_through(visitorMode.UTF8String, key.UTF8String);
    }
}

@end

@implementation Context

- (BackgroundMode)backgroundMode {
    return device_mode(self.number);
}

- (void)setBackgroundMode:(BackgroundMode)backgroundMode {
    device_set_mode(self.number, backgroundMode);
}

@end

@implementation Gestures

- (Gesture *)add {
    Gesture *gesture = [Gesture new];
    gesture.number = self.number;
    gesture.name = @"";
    return gesture;
}

- (Gesture *)add:(NSString *)name {
    Gesture *gesture = [self add];
    gesture.name = name;
    return gesture;
}

- (Gesture *)add:(NSString *)name chapter1:(NSString *)chapter1 {
    Gesture *gesture = [self add:name];
    gesture.chapter1 = chapter1;
    return gesture;
}

- (Gesture *)add:(NSString *)name chapter1:(NSString *)chapter1 chapter2:(NSString *)chapter2 {
    Gesture *gesture = [self add:name chapter1:chapter1];
    gesture.chapter2 = chapter2;
    return gesture;
}

- (Gesture *)add:(NSString *)name
        chapter1:(NSString *)chapter1
        chapter2:(NSString *)chapter2
        chapter3:(NSString *)chapter3 {
    Gesture *gesture = [self add:name chapter1:chapter1 chapter2:chapter2];
    gesture.chapter3 = chapter3;
    return gesture;
}

@end

@implementation Gesture

- (void)send:(long)action { // GestureAction
    device_hit(self.number, action, self.name.UTF8String, self.chapter1.UTF8String, self.chapter2.UTF8String, self.chapter3.UTF8String);
}

- (void)sendTouch {
    [self send:0];
}

- (void)sendNavigation {
    [self send:1];
}

- (void)sendDownload {
    [self send:2];
}

- (void)sendExit {
    [self send:3];
}

- (void)sendSearch {
    [self send:4];
}

@end

@implementation Screens

- (Screen *)add {
    Screen *screen = [Screen new];
    screen.number = self.number;
    screen.name = @"";
    return screen;
}

- (Screen *)add:(NSString *)name {
    Screen *screen = [self add];
    screen.name = name;
    return screen;
}

- (Screen *)add:(NSString *)name chapter1:(NSString *)chapter1 {
    Screen *screen = [self add:name];
    screen.chapter1 = chapter1;
    return screen;
}

- (Screen *)add:(NSString *)name chapter1:(NSString *)chapter1 chapter2:(NSString *)chapter2 {
    Screen *screen = [self add:name chapter1:chapter1];
    screen.chapter2 = chapter2;
    return screen;
}

- (Screen *)add:(NSString *)name
       chapter1:(NSString *)chapter1
       chapter2:(NSString *)chapter2
       chapter3:(NSString *)chapter3 {
    Screen *screen = [self add:name chapter1:chapter1 chapter2:chapter2];
    screen.chapter3 = chapter3;
    return screen;
}

@end

@implementation Screen

- (void)sendView {
    device_hit(self.number, DEVICE_VIEW, self.name.UTF8String, self.chapter1.UTF8String, self.chapter2.UTF8String, self.chapter3.UTF8String);
}

@end

@implementation Event

- (instancetype)init {
    return self = [super init];
}

+ (Event *)eventWithName:(NSString *)name data:(NSDictionary<NSString *, id> *)data {
    Event *event = [[self alloc] init];
    event.name = name;
    event.data = data;
    return event;
}

@end

@implementation Events

- (Event *)addWithName:(NSString *)name data:(NSDictionary<NSString *, id> *)data {
    Event *event = [Event eventWithName:name data:data];
    [self.added addObject:event];
    return event;
}

// Of what JSON holds, texts, whole numbers and booleans are taken.
- (void)send {
    for (Event *event in self.added) {
        for (NSString *key in event.data.allKeys) {
            id value = event.data[key];
            if ([value isKindOfClass:[NSString class]]) {
                device_text(key.UTF8String, ((NSString *)value).UTF8String);
            } else if (!strcmp(((NSNumber *)value).objCType, @encode(BOOL))) {
                device_boolean(key.UTF8String, ((NSNumber *)value).boolValue);
            } else {
                device_integer(key.UTF8String, ((NSNumber *)value).longValue);
            }
        }
        device_event(self.number, event.name.UTF8String);
    }
    self.added = [NSMutableArray array];
    device_send_events(self.number);
}

@end
