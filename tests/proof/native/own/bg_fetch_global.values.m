#import "AppDelegate.h"
@import Tracker;

#define CHECK(what) do { if (!(what)) __builtin_trap(); } while (0)

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)launchOptions
{
    self.window = [[UIWindow alloc] initWithFrame:[UIScreen mainScreen].bounds];
    self.window.rootViewController = [[UIStoryboard storyboardWithName:@"Main" bundle:nil] instantiateInitialViewController];
    [self.window makeKeyAndVisible];
    CHECK(![[NSUserDefaults standardUserDefaults] objectForKey:@"fetches"]);
    [[NSUserDefaults standardUserDefaults] registerDefaults:@{@"limit": @20}];
    [application setMinimumBackgroundFetchInterval:UIApplicationBackgroundFetchIntervalMinimum];
    return YES;
}

// What is kept is kept for the run.
- (void)values
{
    NSUserDefaults *defaults = [NSUserDefaults standardUserDefaults];
    [defaults setInteger:[defaults integerForKey:@"fetches"] + 1 forKey:@"fetches"];
    CHECK([defaults boolForKey:@"fetches"] && [defaults integerForKey:@"limit"] == 20);
    NSDateFormatter *formatter = [[NSDateFormatter alloc] init];
    formatter.dateFormat = @"yyyy-MM-dd";
    CHECK([[formatter stringFromDate:[NSDate date]] hasPrefix:@"2027-01-"]);
    NSMutableDictionary *state = [@{@"name": @"\"x\"", @"list": @[@1, @2.5, [NSNull null]]} mutableCopy];
    state[@"count"] = @([state[@"list"] count]);
    NSError *error = nil;
    NSData *data = [NSJSONSerialization dataWithJSONObject:state options:0 error:&error];
    NSString *path = [NSSearchPathForDirectoriesInDomains(NSDocumentDirectory, NSUserDomainMask, YES).firstObject
        stringByAppendingPathComponent:[NSString stringWithFormat:@"%@-%02d.%s", @"state", 3, "json"]];
    CHECK([path.lastPathComponent isEqualToString:@"state-03.json"] && [path.pathExtension isEqualToString:@"json"]);
    CHECK([data writeToFile:path atomically:YES] && [[NSFileManager defaultManager] fileExistsAtPath:path]);
    NSDictionary *read = [NSJSONSerialization JSONObjectWithData:[NSData dataWithContentsOfFile:path] options:0 error:&error];
    CHECK([read[@"name"] isEqual:state[@"name"]] && [read[@"count"] integerValue] == 3 && [read[@"list"][1] doubleValue] == 2.5);
    CHECK([[NSFileManager defaultManager] removeItemAtPath:path error:&error] && ![NSData dataWithContentsOfFile:@"/etc/passwd"]);
    CHECK(![NSJSONSerialization JSONObjectWithData:[@"{" dataUsingEncoding:NSUTF8StringEncoding] options:0 error:&error] && error.code == 3840);
}

- (void)application:(UIApplication *)application performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult))completionHandler
{
    [self values];
    NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:[NSURL URLWithString:@"https://example.com/feed"]];
    request.HTTPMethod = @"POST";
    [request setValue:[[NSBundle mainBundle] objectForInfoDictionaryKey:@"CFBundleShortVersionString"] forHTTPHeaderField:@"X-Version"];
    [[[NSURLSession sharedSession] dataTaskWithRequest:request completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
        NSDictionary *json = data ? [NSJSONSerialization JSONObjectWithData:data options:0 error:nil] : nil;
        UIBackgroundFetchResult result = json ? UIBackgroundFetchResultNewData : UIBackgroundFetchResultFailed;
        if (error) NSLog(@"%@ (%ld)", error.localizedDescription, (long)error.code);
        [[NSOperationQueue mainQueue] addOperationWithBlock:^{
            Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
            tracker.context.backgroundMode = BackgroundModeFetch;
            [[tracker.gestures add:@"fetch"] sendDownload];
            tracker.context.backgroundMode = BackgroundModeNormal;
            [NSTimer scheduledTimerWithTimeInterval:5 repeats:NO block:^(NSTimer *timer) { completionHandler(result); }];
        }];
    }] resume];
}

@end
