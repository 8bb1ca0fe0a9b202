#import "AppDelegate.h"

#import <Tracker/Tracker-Swift.h>

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application
    didFinishLaunchingWithOptions:(NSDictionary<UIApplicationLaunchOptionsKey, id> *)launchOptions {
    return YES;
}

- (void)application:(UIApplication *)application
    performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))completionHandler {
    // Do the work associated with the fetch, and say here what it brought.
    UIBackgroundFetchResult result = UIBackgroundFetchResultNewData; // …NoData, …Failed
    Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
    // Nothing may come between these lines: the mode marks every hit of this tracker.
    tracker.context.backgroundMode = BackgroundModeFetch;
    [[tracker.gestures add:@"fetch"] sendDownload];
    tracker.context.backgroundMode = BackgroundModeNormal;
    // The hit leaves on the SDK's own queue: give it time.
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, (int64_t)(5 * NSEC_PER_SEC)), dispatch_get_main_queue(), ^{
        completionHandler(result);
    });
}

@end
