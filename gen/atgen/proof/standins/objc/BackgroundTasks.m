// BackgroundTasks over the virtual device, with ARC.
#import <BackgroundTasks/BackgroundTasks.h>

#include "device_block.h"

NSErrorDomain const BGTaskSchedulerErrorDomain = @"BGTaskSchedulerErrorDomain";

@interface BGTask ()
@property (nonatomic) int call;
@property (copy, readwrite) NSString *identifier;
@end

@implementation BGTask

- (void)setExpirationHandler:(void (^)(void))expirationHandler {
    _expirationHandler = [expirationHandler copy];
    if (expirationHandler) {
        device_hears_expiry(self.call);
    }
}

// Cleared when it was called, or when the task is completed (BGTask.h).
- (void)expire {
    if (self.expirationHandler) {
        self.expirationHandler();
    }
    self.expirationHandler = nil;
}

- (void)setTaskCompletedWithSuccess:(BOOL)success {
    device_complete(self.call, success ? DEVICE_SUCCESS : DEVICE_FAILURE);
    self.expirationHandler = nil;
}

@end

@implementation BGProcessingTask
@end

@implementation BGAppRefreshTask
@end

@interface BGTaskRequest ()
@property (copy, readwrite) NSString *identifier;
@end

@implementation BGTaskRequest
@end

@implementation BGAppRefreshTaskRequest

- (instancetype)initWithIdentifier:(NSString *)identifier {
    self.identifier = identifier;
    return self;
}

@end

@implementation BGProcessingTaskRequest

- (instancetype)initWithIdentifier:(NSString *)identifier {
    self.identifier = identifier;
    return self;
}

@end

static NSMutableArray<BGTaskRequest *> *requests;
static NSMutableArray<BGTask *> *running;

// A task and its handler may hold each other.
static void forget(void) {
    for (BGTask *task in running) {
        task.expirationHandler = nil;
    }
    requests = nil;
    running = nil;
}

// Of the kind that was asked for last under that name.
static BGTask *task(NSString *identifier, int call) {
    Class kind = [BGTask class];
    for (BGTaskRequest *request in requests) {
        if ([request.identifier isEqualToString:identifier]) {
            BOOL refresh = [request isKindOfClass:[BGAppRefreshTaskRequest class]];
            kind = refresh ? [BGAppRefreshTask class] : [BGProcessingTask class];
        }
    }
    BGTask *task = [kind alloc];
    task.call = call;
    task.identifier = identifier;
    [running addObject:task];
    return task;
}

static void begin(void) {
    if (!running) {
        requests = [NSMutableArray array];
        running = [NSMutableArray array];
        device_at_end(forget);
    }
}

struct request {
    const char *task, *kind;
    double earliest;
    BOOL network, power;
};

static struct request request(BGTaskRequest *of) {
    begin();
    [requests addObject:of];
    BOOL refresh = [of isKindOfClass:[BGAppRefreshTaskRequest class]];
    NSDate *date = of.earliestBeginDate;
    return (struct request){
        .task = of.identifier.UTF8String,
        .kind = refresh ? "app_refresh" : "processing",
        .earliest = date ? date.timeIntervalSinceNow : 0,
        .network = !refresh && ((BGProcessingTaskRequest *)of).requiresNetworkConnectivity,
        .power = !refresh && ((BGProcessingTaskRequest *)of).requiresExternalPower,
    };
}

static NSError *refusal(void) {
    return [NSError errorWithDomain:BGTaskSchedulerErrorDomain code:BGTaskSchedulerErrorCodeUnavailable userInfo:nil];
}

@implementation BGTaskScheduler

+ (BGTaskScheduler *)sharedScheduler {
    static BGTaskScheduler *scheduler;
    return scheduler ?: (scheduler = [self alloc]);
}

- (BOOL)registerForTaskWithIdentifier:(NSString *)identifier
                           usingQueue:(dispatch_queue_t)queue
                        launchHandler:(void (^)(BGTask *task))launchHandler {
    begin();
    device_register(identifier.UTF8String, device_function(^(int call) {
        BGTask *run = task(identifier, call);
        BOOL isMain = queue == dispatch_get_main_queue();
        void (^begin)(void) = ^{
            device_on_expiry(call, isMain, device_block(^{
                [run expire];
            }));
            launchHandler(run);
        };
        if (isMain) {
            begin();
        } else { // nil stands for a queue in the background
            dispatch_async(queue ?: dispatch_get_global_queue(0, 0), begin);
        }
    }));
    return YES;
}

- (BOOL)submitTaskRequest:(BGTaskRequest *)taskRequest error:(NSError **)error {
    BOOL refused = device_refuses();
    struct request of = request(taskRequest);
    device_submit(of.task, of.kind, of.earliest, of.network, of.power);
    if (refused && error) {
        *error = refusal();
    }
    return !refused;
}

- (void)submitTaskRequest:(BGTaskRequest *)taskRequest completionHandler:(void (^)(NSError *error))completionHandler {
    BOOL refused = device_refuses();
    struct request of = request(taskRequest);
    device_ask(of.task, of.kind, of.earliest, of.network, of.power, device_block(^{
        completionHandler(refused ? refusal() : nil);
    }));
}

- (void)cancelTaskRequestWithIdentifier:(NSString *)identifier { device_withdraw(identifier.UTF8String); }

- (void)cancelAllTaskRequests { device_withdraw(NULL); }

@end
