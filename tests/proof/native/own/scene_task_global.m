#import "AppDelegate.h"
#import <Tracker/Tracker-Swift.h>

@interface SceneDelegate : UIResponder <UIWindowSceneDelegate>
@property (nonatomic, strong) UIWindow *window;
@end

@implementation SceneDelegate

- (void)sceneDidEnterBackground:(UIScene *)scene {
    UIApplication *application = UIApplication.sharedApplication;
    __block UIBackgroundTaskIdentifier task = UIBackgroundTaskInvalid;
    void (^end)(void) = ^{
        if (task != UIBackgroundTaskInvalid) [application endBackgroundTask:task];
        task = UIBackgroundTaskInvalid;
    };
    task = [application beginBackgroundTaskWithName:@"task" expirationHandler:end];
    Tracker *tracker = ATInternet.sharedInstance.defaultTracker;
    tracker.context.backgroundMode = BackgroundModeTask;
    [[tracker.gestures add:@"task"] sendDownload];
    tracker.context.backgroundMode = BackgroundModeNormal;
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, 5 * NSEC_PER_SEC), dispatch_get_main_queue(), end);
}

@end

@implementation AppDelegate
@end
