#import <Tracker/Tracker-Swift.h>
#import <WatchKit/WatchKit.h>

@interface AppDelegate : NSObject <WKApplicationDelegate>
@end

static void send(NSString *name) { [[[ATInternet sharedInstance].defaultTracker.gestures add:name] sendTouch]; }

@implementation AppDelegate

- (void)applicationDidFinishLaunching {
    [self schedule:900];
    [self schedule:0.5];
}

- (void)schedule:(NSTimeInterval)seconds {
    NSDate *date = [NSDate dateWithTimeIntervalSinceNow:seconds];
    [[WKApplication sharedApplication] scheduleBackgroundRefreshWithPreferredDate:date
        userInfo:nil scheduledCompletion:^(__unused NSError *error) {
        }];
}

- (void)handleBackgroundTasks:(NSSet<WKRefreshBackgroundTask *> *)backgroundTasks {
    for (WKRefreshBackgroundTask *task in backgroundTasks) {
        if ([task isKindOfClass:[WKSnapshotRefreshBackgroundTask class]]) {
            [(WKSnapshotRefreshBackgroundTask *)task setTaskCompletedWithDefaultStateRestored:YES
                estimatedSnapshotExpiration:[NSDate distantFuture] userInfo:nil];
        }
        [task setTaskCompletedWithSnapshot:NO];
    }
}

- (void)applicationDidEnterBackground {
    dispatch_semaphore_t gate = dispatch_semaphore_create(1);
    dispatch_semaphore_t door = dispatch_semaphore_create(0);
    [[NSProcessInfo processInfo] performExpiringActivityWithReason:@"first" usingBlock:^(BOOL expired) {
        if (expired) {
            dispatch_semaphore_signal(door);
            send(@"first expires");
            return;
        }
        dispatch_semaphore_wait(gate, DISPATCH_TIME_FOREVER);
        dispatch_async(dispatch_get_main_queue(), ^{
            dispatch_semaphore_signal(door);
        });
        dispatch_semaphore_wait(door, DISPATCH_TIME_FOREVER);
        send(@"first");
        dispatch_semaphore_signal(gate);
    }];
    [[NSProcessInfo processInfo] performExpiringActivityWithReason:@"second" usingBlock:^(BOOL expired) {
        if (expired) {
            dispatch_semaphore_wait(door, DISPATCH_TIME_FOREVER);
            send(@"second expires");
            return;
        }
        dispatch_semaphore_wait(gate, DISPATCH_TIME_FOREVER);
        send(@"second");
        dispatch_semaphore_signal(door);
    }];
}

@end
