#import "AppDelegate.h"

#import <Tracker/Tracker-Swift.h>

@implementation AppDelegate

- (void)application:(UIApplication *)application
    performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))completionHandler {
    // Do the work associated with the fetch
    Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
    tracker.context.backgroundMode = BackgroundModeFetch;
    [[tracker.gestures add:@"fetch"] sendDownload];
    tracker.context.backgroundMode = BackgroundModeNormal;
}

@end
