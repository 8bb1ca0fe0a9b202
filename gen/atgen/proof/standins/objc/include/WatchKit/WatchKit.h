// Stand-in for <WatchKit/WatchKit.h>, over the virtual device: what is in use, under the names and with the nullability of Apple's
// WKApplication.h, WKExtension.h and WKBackgroundTask.h.
#ifndef WATCH_KIT_H
#define WATCH_KIT_H

#import <Foundation/Foundation.h>
#ifdef __APPLE__
#import <UIKit/VirtualDispatch.h>
#endif

NS_ASSUME_NONNULL_BEGIN

@class WKRefreshBackgroundTask;

typedef NS_ENUM(NSInteger, WKApplicationState) {
    WKApplicationStateActive,
    WKApplicationStateInactive,
    WKApplicationStateBackground,
};

// WKApplicationDelegate.h
@protocol WKApplicationDelegate <NSObject>
@optional
- (void)applicationDidFinishLaunching;
- (void)applicationWillEnterForeground;
- (void)applicationDidEnterBackground;
- (void)handleBackgroundTasks:(NSSet<WKRefreshBackgroundTask *> *)backgroundTasks;
@end

// WKApplication.h
@interface WKApplication : NSObject
+ (WKApplication *)sharedApplication;
@property (nonatomic, readonly, weak, nullable) id<WKApplicationDelegate> delegate;
@property (nonatomic, readonly) WKApplicationState applicationState;
@end

// WKExtension.h
@protocol WKExtensionDelegate <NSObject>
@optional
- (void)applicationDidFinishLaunching;
- (void)applicationWillEnterForeground;
- (void)applicationDidEnterBackground;
- (void)handleBackgroundTasks:(NSSet<WKRefreshBackgroundTask *> *)backgroundTasks;
@end

@interface WKExtension : NSObject
+ (WKExtension *)sharedExtension;
@property (nonatomic, weak, nullable) id<WKExtensionDelegate> delegate;
@property (nonatomic, readonly) WKApplicationState applicationState;
@end

// WKBackgroundTask.h
@interface WKApplication (WKBackgroundTasks)
- (void)scheduleBackgroundRefreshWithPreferredDate:(NSDate *)preferredFireDate
                                          userInfo:(nullable id<NSSecureCoding, NSObject>)userInfo
                               scheduledCompletion:(void (^)(NSError *_Nullable error))scheduledCompletion;
@end

@interface WKExtension (WKBackgroundTasks)
- (void)scheduleBackgroundRefreshWithPreferredDate:(NSDate *)preferredFireDate
                                          userInfo:(nullable id<NSSecureCoding, NSObject>)userInfo
                               scheduledCompletion:(void (^)(NSError *_Nullable error))scheduledCompletion;
@end

@interface WKRefreshBackgroundTask : NSObject
@property (readonly, nullable) id<NSSecureCoding, NSObject> userInfo;
@property (nullable, strong) void (^expirationHandler)(void);
- (void)setTaskCompletedWithSnapshot:(BOOL)refreshSnapshot;
@end

@interface WKApplicationRefreshBackgroundTask : WKRefreshBackgroundTask
@end

@interface WKSnapshotRefreshBackgroundTask : WKRefreshBackgroundTask
- (void)setTaskCompletedWithDefaultStateRestored:(BOOL)restoredDefaultState
                     estimatedSnapshotExpiration:(nullable NSDate *)estimatedSnapshotExpiration
                                        userInfo:(nullable id<NSSecureCoding, NSObject>)userInfo;
@end

@interface WKURLSessionRefreshBackgroundTask : WKRefreshBackgroundTask
@end

@interface WKWatchConnectivityRefreshBackgroundTask : WKRefreshBackgroundTask
@end

@interface WKBluetoothAlertRefreshBackgroundTask : WKRefreshBackgroundTask
@end

@interface WKIntentDidRunRefreshBackgroundTask : WKRefreshBackgroundTask
@end

@interface WKRelevantShortcutRefreshBackgroundTask : WKRefreshBackgroundTask
@end

// WKApplicationMain; here it also makes the delegate of an extension, as the system does.
int WKApplicationMain(int argc, char *_Nullable argv[_Nonnull], NSString *_Nullable applicationDelegateClassName);

NS_ASSUME_NONNULL_END

#endif
