// Stand-in for <UserNotifications/UserNotifications.h>: what an app asks a person with for leave to show notifications, under the
// names of Apple's documentation. Here nobody refuses, and none is shown.
#ifndef USER_NOTIFICATIONS_H
#define USER_NOTIFICATIONS_H

#import <UIKit/UIKit.h>

NS_ASSUME_NONNULL_BEGIN

// UNAuthorizationOptions
typedef NS_ENUM(NSUInteger, UNAuthorizationOptions) {
    UNAuthorizationOptionBadge = 1,
    UNAuthorizationOptionSound = 2,
    UNAuthorizationOptionAlert = 4,
};

// UNNotificationPresentationOptions
typedef NS_ENUM(NSUInteger, UNNotificationPresentationOptions) {
    UNNotificationPresentationOptionNone = 0,
    UNNotificationPresentationOptionBadge = 1,
    UNNotificationPresentationOptionSound = 2,
    UNNotificationPresentationOptionAlert = 4,
    UNNotificationPresentationOptionList = 8,
    UNNotificationPresentationOptionBanner = 16,
};

// UNNotification
@interface UNNotification : NSObject
@end

// UNNotificationResponse
@interface UNNotificationResponse : NSObject
@end

// UNUserNotificationCenterDelegate, whose methods nobody calls here.
@protocol UNUserNotificationCenterDelegate <NSObject>
@end

// UNUserNotificationCenter
@interface UNUserNotificationCenter : NSObject
+ (UNUserNotificationCenter *)currentNotificationCenter;
@property (nullable, nonatomic, weak) id<UNUserNotificationCenterDelegate> delegate;
// requestAuthorizationWithOptions:completionHandler:, whose handler may run on a background thread.
- (void)requestAuthorizationWithOptions:(UNAuthorizationOptions)options
                      completionHandler:(void (^)(BOOL granted, NSError *_Nullable error))completionHandler;
@end

NS_ASSUME_NONNULL_END

#endif
