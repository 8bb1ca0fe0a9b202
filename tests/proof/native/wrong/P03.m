#import "AppDelegate.h"

#import <Tracker/Tracker-Swift.h>

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application
    didFinishLaunchingWithOptions:(NSDictionary<UIApplicationLaunchOptionsKey, id> *)launchOptions {
    // Without an interval the system fires no fetch.
    // Deprecated since iOS 13, and still the only way to switch background fetch on.
    [application setMinimumBackgroundFetchInterval:UIApplicationBackgroundFetchIntervalMinimum];
    return YES;
}

- (void)application:(UIApplication *)application
    performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))completionHandler {
    // Do the work associated with the fetch.
    Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
    // Nothing may come between these lines: the mode marks every hit of this tracker.
    tracker.context.backgroundMode = BackgroundModeFetch;
    [[tracker.gestures add:@"fetch"] sendDownload];
    tracker.context.backgroundMode = BackgroundModeNormal;
}

@end
