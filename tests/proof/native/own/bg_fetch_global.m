#import "AppDelegate.h"
@import Tracker;

static const NSTimeInterval kDelay = 5;

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions
{
    [application setMinimumBackgroundFetchInterval:UIApplicationBackgroundFetchIntervalMinimum];
    return YES;
}

- (void)application:(UIApplication *)application performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))completionHandler
{
    Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
    tracker.context.backgroundMode = BackgroundModeFetch;
    [[tracker.gestures add:@"fetch"] sendDownload];
    tracker.context.backgroundMode = BackgroundModeNormal;
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, (int64_t)(kDelay * NSEC_PER_SEC)), dispatch_get_main_queue(), ^{
        completionHandler(UIBackgroundFetchResultNewData);
    });
}

@end
