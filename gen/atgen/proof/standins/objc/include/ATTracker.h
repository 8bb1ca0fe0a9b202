// Stand-in for ATTracker.h of ATInternet-iOS-ObjC-SDK 2.x (commit 6cf0461, Tracker/Tracker), over the virtual device.
#ifndef AT_TRACKER_H
#define AT_TRACKER_H

#import <Foundation/Foundation.h>

@class ATContext, ATGestures;

typedef NS_ENUM(int, ATHitStatus) { ATHitStatusFailed = 0, ATHitStatusSuccess = 1 };

@interface ATTracker : NSObject
@property (nonatomic, weak) id delegate;
@property (nonatomic, strong) ATContext *context;
@property (nonatomic, strong) ATGestures *gestures;
- (void)setConfig:(NSDictionary *)configuration override:(BOOL)overrideConfig completionHandler:(void (^)(BOOL))completionHandler;
@end

@protocol ATTrackerDelegate
@optional
- (void)trackerNeedsFirstLaunchApproval:(NSString *)message;
- (void)buildDidEnd:(ATHitStatus)status message:(NSString *)message;
- (void)sendDidEnd:(ATHitStatus)status message:(NSString *)message;
- (void)saveDidEnd:(NSString *)message;
- (void)didCallPartner:(NSString *)response;
- (void)warningDidOccur:(NSString *)message;
- (void)errorDidOccur:(NSString *)message;
@end

#endif
