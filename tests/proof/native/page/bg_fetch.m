#import "AppDelegate.h"

#import <Tracker/Tracker-Swift.h>

@interface AppDelegate ()
@property (nonatomic, strong) Tracker *tracker;
@end

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions {
    self.tracker = [[ATInternet sharedInstance] tracker:@"bgFetchTracker"];
    self.tracker.context.backgroundMode = BackgroundModeFetch;
    return YES;
}

- (void)application:(UIApplication *)application
    performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))completionHandler {
    // Do the work associated with the fetch
    [[self.tracker.gestures add:@"fetch"] sendDownload];
}

@end
