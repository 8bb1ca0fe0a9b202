// WatchKit over the virtual device, with ARC.
#import <WatchKit/WatchKit.h>

#include "device_block.h"

static WKApplicationState state(void) { return device_in_background() ? WKApplicationStateBackground : WKApplicationStateActive; }

static void schedule(NSDate *date, void (^completion)(NSError *error)) {
    device_submit("", "refresh", date.timeIntervalSinceNow, false, false);
    device_completion(device_block(^{
        completion(nil);
    }));
}

@interface WKApplication ()
@property (nonatomic, readwrite, weak, nullable) id<WKApplicationDelegate> delegate;
@end

@implementation WKApplication

+ (WKApplication *)sharedApplication {
    static WKApplication *shared;
    return shared ?: (shared = [WKApplication new]);
}

- (WKApplicationState)applicationState {
    return state();
}

- (void)scheduleBackgroundRefreshWithPreferredDate:(NSDate *)preferredFireDate
                                          userInfo:(id<NSSecureCoding, NSObject>)userInfo
                               scheduledCompletion:(void (^)(NSError *error))scheduledCompletion {
    schedule(preferredFireDate, scheduledCompletion);
}

@end

@implementation WKExtension

+ (WKExtension *)sharedExtension {
    static WKExtension *shared;
    return shared ?: (shared = [WKExtension new]);
}

- (WKApplicationState)applicationState {
    return state();
}

- (void)scheduleBackgroundRefreshWithPreferredDate:(NSDate *)preferredFireDate
                                          userInfo:(id<NSSecureCoding, NSObject>)userInfo
                               scheduledCompletion:(void (^)(NSError *error))scheduledCompletion {
    schedule(preferredFireDate, scheduledCompletion);
}

@end

@interface WKRefreshBackgroundTask ()
@property (nonatomic) int call;
@end

@implementation WKRefreshBackgroundTask

- (id<NSSecureCoding, NSObject>)userInfo {
    return nil;
}

- (void)setTaskCompletedWithSnapshot:(BOOL)refreshSnapshot {
    device_complete(self.call, refreshSnapshot ? DEVICE_SNAPSHOT : DEVICE_NO_SNAPSHOT);
}

@end

@implementation WKApplicationRefreshBackgroundTask
@end

@implementation WKSnapshotRefreshBackgroundTask

- (void)setTaskCompletedWithDefaultStateRestored:(BOOL)restoredDefaultState
                     estimatedSnapshotExpiration:(NSDate *)estimatedSnapshotExpiration
                                        userInfo:(id<NSSecureCoding, NSObject>)userInfo {
    BOOL lasts = !estimatedSnapshotExpiration || estimatedSnapshotExpiration.timeIntervalSinceNow > 0;
    device_complete(self.call, lasts ? DEVICE_RESTORED : DEVICE_OUTDATED); // what is out of date is taken again
}

@end

@implementation WKURLSessionRefreshBackgroundTask
@end

@implementation WKWatchConnectivityRefreshBackgroundTask
@end

@implementation WKBluetoothAlertRefreshBackgroundTask
@end

@implementation WKIntentDidRunRefreshBackgroundTask
@end

@implementation WKRelevantShortcutRefreshBackgroundTask
@end

static Class delegateClass;
static id<WKApplicationDelegate, WKExtensionDelegate> delegate;

static void forget(void) { delegate = nil; }

// What the delegate lacks is not called.
static BOOL has(SEL selector, const char *name) {
    BOOL answers = [delegate respondsToSelector:selector];
    if (!answers) {
        device_missing(name);
    }
    return answers;
}

static void launch(void) {
    @autoreleasepool {
        device_at_end(forget);
        delegate = [delegateClass new];
        device_has_delegate();
        [WKApplication sharedApplication].delegate = delegate;
        [WKExtension sharedExtension].delegate = delegate;
        if (has(@selector(applicationDidFinishLaunching), "applicationDidFinishLaunching")) {
            [delegate applicationDidFinishLaunching];
        }
    }
}

static void enter_background(bool scenes) {
    (void)scenes;
    @autoreleasepool {
        if (has(@selector(applicationDidEnterBackground), "applicationDidEnterBackground")) {
            [delegate applicationDidEnterBackground];
        }
    }
}

static void enter_foreground(bool scenes) {
    (void)scenes;
    @autoreleasepool {
        if ([delegate respondsToSelector:@selector(applicationWillEnterForeground)]) {
            [delegate applicationWillEnterForeground];
        }
    }
}

static void handle(int first, const enum device_refresh *kinds, int count) {
    @autoreleasepool {
        if (has(@selector(handleBackgroundTasks:), "handleBackgroundTasks:")) {
            NSMutableArray<WKRefreshBackgroundTask *> *tasks = [NSMutableArray array];
            for (int i = 0; i < count; i++) {
                WKRefreshBackgroundTask *task = kinds[i] == DEVICE_SNAPSHOT_TASK ? [WKSnapshotRefreshBackgroundTask new]
                                                : kinds[i] == DEVICE_DATA_TASK   ? [WKURLSessionRefreshBackgroundTask new]
                                                : kinds[i] == DEVICE_MESSAGE_TASK ? [WKWatchConnectivityRefreshBackgroundTask new]
                                                : kinds[i] == DEVICE_OTHER_TASK   ? [WKIntentDidRunRefreshBackgroundTask new]
                                                                                 : [WKApplicationRefreshBackgroundTask new];
                task.call = first + i;
                [tasks addObject:task];
            }
            [delegate handleBackgroundTasks:[NSSet setWithArray:tasks]];
        }
    }
}

int WKApplicationMain(int argc, char *argv[], NSString *applicationDelegateClassName) {
    (void)argc, (void)argv;
    @autoreleasepool {
        delegateClass = NSClassFromString(applicationDelegateClassName);
    }
    return device_main((struct device_app){launch, enter_background, enter_foreground, NULL, NULL, handle});
}
