// Stand-in for <BackgroundTasks/BackgroundTasks.h>, over the virtual device: what is in use, under the names and with the nullability
// of Apple's BGTask.h, BGTaskRequest.h and BGTaskScheduler.h.
#ifndef BACKGROUND_TASKS_H
#define BACKGROUND_TASKS_H

#import <Foundation/Foundation.h>
#ifdef __APPLE__
#import <UIKit/VirtualDispatch.h>
#endif

NS_ASSUME_NONNULL_BEGIN

// BGTask.h
@interface BGTask : NSObject
@property (copy, readonly) NSString *identifier;
@property (nullable, strong) void (^expirationHandler)(void);
- (instancetype)init NS_UNAVAILABLE;
+ (instancetype)new NS_UNAVAILABLE;
- (void)setTaskCompletedWithSuccess:(BOOL)success;
@end

@interface BGProcessingTask : BGTask
@end

@interface BGAppRefreshTask : BGTask
@end

// BGTaskRequest.h
@interface BGTaskRequest : NSObject
@property (copy, readonly) NSString *identifier;
@property (copy, nullable) NSDate *earliestBeginDate;
- (instancetype)init NS_UNAVAILABLE;
+ (instancetype)new NS_UNAVAILABLE;
@end

@interface BGAppRefreshTaskRequest : BGTaskRequest
- (instancetype)initWithIdentifier:(NSString *)identifier;
@end

@interface BGProcessingTaskRequest : BGTaskRequest
- (instancetype)initWithIdentifier:(NSString *)identifier;
@property (assign) BOOL requiresNetworkConnectivity;
@property (assign) BOOL requiresExternalPower;
@end

// BGTaskScheduler.h
extern NSErrorDomain const BGTaskSchedulerErrorDomain;
typedef NS_ENUM(NSInteger, BGTaskSchedulerErrorCode) {
    BGTaskSchedulerErrorCodeUnavailable = 1,
    BGTaskSchedulerErrorCodeTooManyPendingTaskRequests = 2,
    BGTaskSchedulerErrorCodeNotPermitted = 3
};
@interface BGTaskScheduler : NSObject
- (instancetype)init NS_UNAVAILABLE;
+ (instancetype)new NS_UNAVAILABLE;
@property (class, readonly, strong) BGTaskScheduler *sharedScheduler;
- (BOOL)registerForTaskWithIdentifier:(NSString *)identifier
                           usingQueue:(nullable dispatch_queue_t)queue
                        launchHandler:(void (^)(__kindof BGTask *task))launchHandler;
- (BOOL)submitTaskRequest:(BGTaskRequest *)taskRequest
                    error:(NSError *_Nullable *_Nullable)error
    __attribute__((availability(ios, introduced = 13.0, deprecated = 27.0,
                                message = "Use -submitTaskRequest:completionHandler: to capture all error conditions")));
// Of iOS and tvOS 27.0, in the SDKs of Xcode 27.2; not for the main thread, and answered on any queue after any delay.
- (void)submitTaskRequest:(BGTaskRequest *)taskRequest
        completionHandler:(void (^)(NSError *_Nullable error))completionHandler
    __attribute__((availability(ios, introduced = 27.0), availability(tvos, introduced = 27.0)));
- (void)cancelTaskRequestWithIdentifier:(NSString *)identifier;
- (void)cancelAllTaskRequests;
@end

NS_ASSUME_NONNULL_END

#endif
