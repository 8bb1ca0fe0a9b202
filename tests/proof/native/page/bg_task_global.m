#import "AppDelegate.h"

#import <Tracker/Tracker-Swift.h>

@interface AppDelegate ()
@property (nonatomic) UIBackgroundTaskIdentifier task;
@end

@implementation AppDelegate

- (void)applicationDidEnterBackground:(UIApplication *)application {
    Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
    tracker.context.backgroundMode = BackgroundModeTask;
    self.task = [application beginBackgroundTaskWithName:@"MyTask" expirationHandler:^{
        tracker.context.backgroundMode = BackgroundModeNormal;
        [application endBackgroundTask:self.task];
        self.task = UIBackgroundTaskInvalid;
    }];
    dispatch_async(dispatch_get_global_queue(DISPATCH_QUEUE_PRIORITY_DEFAULT, 0), ^{
        // Do the work associated with the task
        [[tracker.gestures add:@"task"] sendDownload];
        tracker.context.backgroundMode = BackgroundModeNormal;
        [application endBackgroundTask:self.task];
        self.task = UIBackgroundTaskInvalid;
    });
}

@end
