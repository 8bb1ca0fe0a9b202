#import "AppDelegate.h"

#import <Tracker/Tracker-Swift.h>

@interface AppDelegate ()
@property (nonatomic, strong) Tracker *tracker;
@property (nonatomic) UIBackgroundTaskIdentifier task;
@end

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions {
    self.tracker = [[ATInternet sharedInstance] tracker:@"bgTaskTracker"];
    self.tracker.context.backgroundMode = BackgroundModeTask;
    self.task = UIBackgroundTaskInvalid;
    return YES;
}

- (void)applicationDidEnterBackground:(UIApplication *)application {
    self.task = [application beginBackgroundTaskWithName:@"MyTask" expirationHandler:^{
        [application endBackgroundTask:self.task];
        self.task = UIBackgroundTaskInvalid;
    }];
    dispatch_async(dispatch_get_global_queue(DISPATCH_QUEUE_PRIORITY_DEFAULT, 0), ^{
        // Do the work associated with the task
        [[self.tracker.gestures add:@"task"] sendDownload];
        [application endBackgroundTask:self.task];
        self.task = UIBackgroundTaskInvalid;
    });
}

@end
