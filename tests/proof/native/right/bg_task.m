#import "AppDelegate.h"

#import <Tracker/Tracker-Swift.h>

// A hit under way: `finish` calls `done`, the first time only.
@interface ExpectedHit : NSObject

- (instancetype)initWithDone:(void (^)(void))done;
- (void)finish;

@end

@interface ExpectedHit ()

@property (nonatomic, copy) void (^done)(void);

@end

@implementation ExpectedHit

- (instancetype)initWithDone:(void (^)(void))done {
    self = [super init];
    if (self) {
        self.done = done;
    }
    return self;
}

- (void)finish {
    void (^once)(void) = self.done;
    self.done = nil;
    if (once) {
        once();
    }
}

@end

// Tells when each hit of a tracker was sent or stored, or that time is up.
@interface HitDeliveries : NSObject <TrackerDelegate>

- (instancetype)initWithMark:(NSString *)mark;
// Call before the hit is sent: `done` is called once, on the main thread,
// when that hit was sent or stored, or after `seconds`.
- (void)expectHitWithin:(NSTimeInterval)seconds done:(void (^)(void))done;

@end

@interface HitDeliveries ()

@property (nonatomic, copy) NSString *mark;
@property (nonatomic, strong) NSMutableArray<ExpectedHit *> *waiting;
@property (nonatomic, strong) ExpectedHit *current;

@end

@implementation HitDeliveries

- (instancetype)initWithMark:(NSString *)mark {
    self = [super init];
    if (self) {
        self.mark = mark;
        self.waiting = [NSMutableArray array];
    }
    return self;
}

- (void)expectHitWithin:(NSTimeInterval)seconds done:(void (^)(void))done {
    ExpectedHit *hit = [[ExpectedHit alloc] initWithDone:done];
    [self.waiting addObject:hit];
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, (int64_t)(seconds * NSEC_PER_SEC)), dispatch_get_main_queue(), ^{
        [hit finish];
    });
}

// Hits are built and sent one after the other: from here on the delegate hears of the next one.
- (void)buildDidEnd:(HitStatus)status message:(NSString *)message {
    dispatch_async(dispatch_get_main_queue(), ^{
        [self goOn];
    });
}

- (void)sendDidEnd:(HitStatus)status message:(NSString *)message {
    // A stored hit of earlier that leaves now has an offline time in its URL.
    BOOL isDone = status == HitStatusSuccess && [message containsString:self.mark] && ![message containsString:@"olt="];
    dispatch_async(dispatch_get_main_queue(), ^{
        if (isDone) {
            [self.current finish];
        }
    });
}

- (void)saveDidEnd:(NSString *)message {
    BOOL isDone = [message containsString:self.mark];
    dispatch_async(dispatch_get_main_queue(), ^{
        if (isDone) {
            [self.current finish];
        }
    });
}

// The configuration is not right: the hit is not built, and nothing else will be said of it.
- (void)errorDidOccur:(NSString *)message {
    dispatch_async(dispatch_get_main_queue(), ^{
        [self goOn];
        [self.current finish];
    });
}

- (void)goOn {
    self.current = self.waiting.firstObject;
    if (self.current) {
        [self.waiting removeObjectAtIndex:0];
    }
}

@end

// A background task that ends once:
// when its owner says so, or when the system says that time is up.
@interface TrackedTask : NSObject

- (instancetype)initWithName:(NSString *)name;
- (void)end;

@end

@interface TrackedTask ()

@property (nonatomic) UIBackgroundTaskIdentifier identifier;

@end

@implementation TrackedTask

- (instancetype)initWithName:(NSString *)name {
    self = [super init];
    if (self) {
        self.identifier = [[UIApplication sharedApplication] beginBackgroundTaskWithName:name expirationHandler:^{
            [self end];
        }];
    }
    return self;
}

- (void)end {
    if (self.identifier == UIBackgroundTaskInvalid) {
        return;
    }
    [[UIApplication sharedApplication] endBackgroundTask:self.identifier];
    self.identifier = UIBackgroundTaskInvalid;
}

@end

@interface AppDelegate ()

@property (nonatomic, strong) Tracker *tracker;
@property (nonatomic, strong) HitDeliveries *deliveries;

@end

@implementation AppDelegate

- (BOOL)application:(UIApplication *)application
    didFinishLaunchingWithOptions:(NSDictionary<UIApplicationLaunchOptionsKey, id> *)launchOptions {
    self.tracker = [[ATInternet sharedInstance] tracker:@"bgTaskTracker" configuration:@{
        @"site": @"123456",
        @"log": @"logp",
        @"logSSL": @"logs",
        @"storage": @"required",
    }];
    self.tracker.context.backgroundMode = BackgroundModeTask;
    self.deliveries = [[HitDeliveries alloc] initWithMark:@"bg=task"];
    self.tracker.delegate = self.deliveries;
    return YES;
}

- (void)applicationDidEnterBackground:(UIApplication *)application {
    TrackedTask *task = [[TrackedTask alloc] initWithName:@"bg_task"];
    dispatch_async(dispatch_get_global_queue(QOS_CLASS_DEFAULT, 0), ^{
        // Do the work associated with the task.
        dispatch_async(dispatch_get_main_queue(), ^{
            [self.deliveries expectHitWithin:20 done:^{
                [task end];
            }];
            [[self.tracker.gestures add:@"task"] sendDownload];
        });
    });
}

@end
