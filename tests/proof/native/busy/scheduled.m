#import "AppDelegate.h"

#import <BackgroundTasks/BackgroundTasks.h>
#import <Tracker/Tracker-Swift.h>

@interface AppDelegate ()

@property (nonatomic) UIBackgroundTaskIdentifier task;

@end

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application
    didFinishLaunchingWithOptions:(NSDictionary<UIApplicationLaunchOptionsKey, id> *)launchOptions {
    NSNotificationCenter *center = [NSNotificationCenter defaultCenter];
    [self register:@"a"];
    [self register:@"b"];
    [center addObserver:self selector:@selector(begin:) name:UIApplicationDidEnterBackgroundNotification object:nil];
    [center addObserverForName:UIApplicationDidEnterBackgroundNotification object:application queue:[NSOperationQueue mainQueue]
        usingBlock:^(NSNotification *notification) {
            BOOL known = [notification.name isEqualToString:UIApplicationDidEnterBackgroundNotification];
            [self send:known ? @"observed" : @"?"];
        }];
    [center addObserver:self selector:@selector(unknown:) name:nil object:self];
    id gone = [center addObserverForName:nil object:nil queue:nil usingBlock:^(__unused NSNotification *notification) {
        [self send:@"?"];
    }];
    [center removeObserver:gone];
    [center addObserver:self selector:@selector(back:) name:UIApplicationWillEnterForegroundNotification object:nil];
    [self submit:[[BGProcessingTaskRequest alloc] initWithIdentifier:@"b"] date:[NSDate dateWithTimeIntervalSinceNow:60]];
    [self submit:[[BGAppRefreshTaskRequest alloc] initWithIdentifier:@"a"] date:nil];
    BGProcessingTaskRequest *last = [[BGProcessingTaskRequest alloc] initWithIdentifier:@"b"];
    last.requiresNetworkConnectivity = YES;
    [self submit:last date:[NSDate dateWithTimeIntervalSinceNow:0.25]];
    dispatch_async(dispatch_get_global_queue(QOS_CLASS_DEFAULT, 0), ^{
        [[BGTaskScheduler sharedScheduler] registerForTaskWithIdentifier:@"c" usingQueue:nil
            launchHandler:^(__unused BGTask *task) {
            }];
    });
    return YES;
}

- (void)register:(NSString *)identifier {
    [[BGTaskScheduler sharedScheduler] registerForTaskWithIdentifier:identifier usingQueue:dispatch_get_main_queue()
        launchHandler:^(BGTask *task) {
            [self run:task];
        }];
}

- (void)submit:(BGTaskRequest *)request date:(NSDate *)date {
    request.earliestBeginDate = date;
    [[BGTaskScheduler sharedScheduler] submitTaskRequest:request error:nil];
}

- (void)run:(BGTask *)task {
    BGTask *held = task; // until it is completed
    task.expirationHandler = ^{
        [[[ATInternet sharedInstance].defaultTracker.gestures add:@"expired"] sendTouch];
        dispatch_async(dispatch_get_main_queue(), ^{
            [held setTaskCompletedWithSuccess:NO];
        });
    };
    [self submit:[[BGAppRefreshTaskRequest alloc] initWithIdentifier:@"a"] date:[NSDate dateWithTimeIntervalSinceNow:900]];
    Class kind = [task.identifier isEqualToString:@"a"] ? [BGAppRefreshTask class] : [BGProcessingTask class];
    dispatch_async(dispatch_get_global_queue(QOS_CLASS_DEFAULT, 0), ^{
        dispatch_async(dispatch_get_main_queue(), ^{
            [task setTaskCompletedWithSuccess:[task isKindOfClass:kind]];
        });
    });
}

- (void)begin:(__unused NSNotification *)notification {
    self.task = [[UIApplication sharedApplication] beginBackgroundTaskWithName:@"b" expirationHandler:^{
        [[UIApplication sharedApplication] endBackgroundTask:self.task];
    }];
}

- (void)unknown:(__unused NSNotification *)notification {
    [self send:@"?"];
}

- (void)back:(__unused NSNotification *)notification {
    [self send:@"back"];
}

- (void)send:(NSString *)name {
    [[[ATInternet sharedInstance].defaultTracker.gestures add:name] sendTouch];
}

- (void)applicationDidEnterBackground:(UIApplication *)application {
    [self send:@"entered"];
}

- (void)applicationWillEnterForeground:(UIApplication *)application {
    [self send:@"returned"];
}

@end
