#import "AppDelegate.h"
@import Tracker;

@interface AppDelegate ()
@property (nonatomic, strong) dispatch_queue_t queue;
@property (nonatomic, assign) NSInteger saved;
@end

@implementation AppDelegate

- (void)applicationDidEnterBackground:(UIApplication *)application
{
    __block UIBackgroundTaskIdentifier task = UIBackgroundTaskInvalid;
    void (^end)(void) = ^{
        if (task != UIBackgroundTaskInvalid) [application endBackgroundTask:task];
        task = UIBackgroundTaskInvalid;
    };
    task = [application beginBackgroundTaskWithName:@"save" expirationHandler:end];
    if (!self.queue) self.queue = dispatch_queue_create("store", DISPATCH_QUEUE_SERIAL);
    dispatch_async(self.queue, ^{ self.saved++; });
    dispatch_sync(self.queue, ^{ if (!self.saved) __builtin_trap(); });
    dispatch_async(dispatch_get_global_queue(QOS_CLASS_UTILITY, 0), ^{
        [self work];
        dispatch_sync(dispatch_get_main_queue(), ^{
            if (task == UIBackgroundTaskInvalid) return;
            Tracker *tracker = [ATInternet sharedInstance].defaultTracker;
            tracker.context.backgroundMode = BackgroundModeTask;
            [[tracker.gestures add:@"task"] sendDownload];
            tracker.context.backgroundMode = BackgroundModeNormal;
            [self performSelector:@selector(finish:) withObject:end afterDelay:5];
        });
    });
}

- (void)finish:(void (^)(void))end { end(); }

- (void)work
{
    NSDate *begin = [NSDate date];
    dispatch_group_t group = dispatch_group_create();
    dispatch_group_async(group, dispatch_get_global_queue(0, 0), ^{ [NSThread sleepForTimeInterval:1]; });
    if (dispatch_group_wait(group, DISPATCH_TIME_FOREVER)) __builtin_trap();
    if ([[NSDate date] timeIntervalSinceDate:begin] < 1) __builtin_trap();
    dispatch_semaphore_t answered = dispatch_semaphore_create(0);
    [[[NSURLSession sharedSession] dataTaskWithURL:[NSURL URLWithString:@"https://example.com"]
                                 completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
        dispatch_semaphore_signal(answered);
    }] resume];
    dispatch_semaphore_wait(answered, DISPATCH_TIME_FOREVER);
    @synchronized (self) {
        self.saved = 0;
    }
}

@end
