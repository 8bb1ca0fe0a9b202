#import "AppDelegate.h"

#import "SmartTracker/SmartTracker-Swift.h"

// A background task that ends once:
// when its owner says so, or when the system says that time is up.
@interface TrackedTask : NSObject

- (instancetype)initWithName:(NSString *)name;
- (void)end;

@end

@interface TrackedTask ()

@property (nonatomic) UIBackgroundTaskIdentifier identifier;

@end

@implementation TrackedTask

- (instancetype)initWithName:(NSString *)name {
    self = [super init];
    if (self) {
        self.identifier = [[UIApplication sharedApplication] beginBackgroundTaskWithName:name expirationHandler:^{
            [self end];
        }];
    }
    return self;
}

- (void)end {
    if (self.identifier == UIBackgroundTaskInvalid) {
        return;
    }
    [[UIApplication sharedApplication] endBackgroundTask:self.identifier];
    self.identifier = UIBackgroundTaskInvalid;
}

@end

@implementation AppDelegate

- (void)applicationDidEnterBackground:(UIApplication *)application {
    TrackedTask *task = [[TrackedTask alloc] initWithName:@"bg_task_global"];
    dispatch_async(dispatch_get_global_queue(QOS_CLASS_DEFAULT, 0), ^{
        // Do the work associated with the task.
        dispatch_async(dispatch_get_main_queue(), ^{
            Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
            // Nothing may come between these lines: the mode marks every hit of this tracker.
            tracker.context.backgroundMode = BackgroundModeTask;
            [[tracker.gestures add:@"task"] sendDownload];
            tracker.context.backgroundMode = BackgroundModeNormal;
            // The hit leaves on the SDK's own queue: give it time.
            dispatch_after(dispatch_time(DISPATCH_TIME_NOW, (int64_t)(5 * NSEC_PER_SEC)), dispatch_get_main_queue(), ^{
                [task end];
            });
        });
    });
}

@end
