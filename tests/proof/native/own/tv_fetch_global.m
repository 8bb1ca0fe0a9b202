#import "AppDelegate.h"
#import <UserNotifications/UserNotifications.h>
@import Tracker;

@interface AppDelegate () <UNUserNotificationCenterDelegate>
@end

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions
{
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    center.delegate = self;
    [center requestAuthorizationWithOptions:(UNAuthorizationOptionAlert | UNAuthorizationOptionBadge)
                          completionHandler:^(BOOL granted, NSError *error) {
        NSLog(@"granted: %d", granted);
    }];
    [application setMinimumBackgroundFetchInterval:UIApplicationBackgroundFetchIntervalMinimum];
    return YES;
}

- (void)application:(UIApplication *)application performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))completionHandler
{
    NSURLRequest *request = [NSURLRequest requestWithURL:[NSURL URLWithString:@"https://example.com/feed"]];
    NSURLSessionDataTask *task = [[NSURLSession sharedSession] dataTaskWithRequest:request
        completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
        UIBackgroundFetchResult result = error ? UIBackgroundFetchResultFailed : UIBackgroundFetchResultNewData;
        dispatch_async(dispatch_get_main_queue(), ^{
            [self tag];
            dispatch_after(dispatch_time(DISPATCH_TIME_NOW, 5 * NSEC_PER_SEC), dispatch_get_main_queue(), ^{
                completionHandler(result);
            });
        });
    }];
    dispatch_group_t group = dispatch_group_create();
    dispatch_group_enter(group);
    dispatch_group_notify(group, dispatch_get_main_queue(), ^{
        NSLog(@"%f s left", [UIApplication sharedApplication].backgroundTimeRemaining);
    });
    [task resume];
    dispatch_group_leave(group);
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        [[NSOperationQueue mainQueue] addOperationWithBlock:^{
            [[NSUserDefaults standardUserDefaults] setBool:YES forKey:@"fetched"];
        }];
    });
}

- (void)tag
{
    Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
    tracker.context.backgroundMode = BackgroundModeFetch;
    [[tracker.gestures add:@"fetch"] sendDownload];
    tracker.context.backgroundMode = BackgroundModeNormal;
}

@end
