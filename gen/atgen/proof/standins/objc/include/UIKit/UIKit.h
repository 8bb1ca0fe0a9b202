// Stand-in for <UIKit/UIKit.h>, over the virtual device: what is in use, under the names and with the nullability of Apple's
// documentation of UIKit; the comments name its pages.
#ifndef UIKIT_H
#define UIKIT_H

#import <Foundation/Foundation.h>
#ifdef __APPLE__
#import <UIKit/VirtualDispatch.h>
#endif

// Only a target of iOS 13 and later is warned.
#define DEPRECATED_FETCH                                                                                                         \
    __attribute__((availability(ios, introduced = 7.0, deprecated = 13.0,                                                       \
                                message = "Use a BGAppRefreshTask in the BackgroundTasks framework instead")))

NS_ASSUME_NONNULL_BEGIN

@class UISceneConnectionOptions, UISceneSession, UIWindow, UIWindowScene;
@protocol UIApplicationDelegate;

// UIBackgroundTaskIdentifier, UIBackgroundTaskInvalid
typedef NSUInteger UIBackgroundTaskIdentifier;
extern const UIBackgroundTaskIdentifier UIBackgroundTaskInvalid;

// UIApplicationBackgroundFetchIntervalMinimum, UIApplicationBackgroundFetchIntervalNever
extern const NSTimeInterval UIApplicationBackgroundFetchIntervalMinimum;
extern const NSTimeInterval UIApplicationBackgroundFetchIntervalNever;

// UIBackgroundFetchResult
typedef NS_ENUM(NSUInteger, UIBackgroundFetchResult) {
    UIBackgroundFetchResultNewData,
    UIBackgroundFetchResultNoData,
    UIBackgroundFetchResultFailed,
};

// UIApplicationState
typedef NS_ENUM(NSInteger, UIApplicationState) {
    UIApplicationStateActive,
    UIApplicationStateInactive,
    UIApplicationStateBackground,
};

// UIApplicationDidBecomeActiveNotification, which the device never posts
extern NSNotificationName const UIApplicationDidBecomeActiveNotification;
// UIApplicationDidEnterBackgroundNotification, UIApplicationWillEnterForegroundNotification
extern NSNotificationName const UIApplicationDidEnterBackgroundNotification;
extern NSNotificationName const UIApplicationWillEnterForegroundNotification;
// UIApplicationWillResignActiveNotification
extern NSNotificationName const UIApplicationWillResignActiveNotification;

// UIApplicationLaunchOptionsKey
typedef NSString *UIApplicationLaunchOptionsKey;
extern UIApplicationLaunchOptionsKey const UIApplicationLaunchOptionsRemoteNotificationKey;

// UIResponder
@interface UIResponder : NSObject
@end

// UIScreen
@interface UIScreen : NSObject
@property (class, nonatomic, readonly) UIScreen *mainScreen;
@property (nonatomic, readonly) CGRect bounds;
@end

// UIDevice
@interface UIDevice : NSObject
@property (class, nonatomic, readonly) UIDevice *currentDevice;
@property (nonatomic, readonly) NSString *model;
@property (nonatomic, readonly) NSString *systemVersion;
@end

// UIColor
@interface UIColor : NSObject
@property (class, nonatomic, readonly) UIColor *systemGrayColor;
@property (class, nonatomic, readonly) UIColor *whiteColor;
@end

// UIView
@interface UIView : UIResponder
- (instancetype)initWithFrame:(CGRect)frame;
@property (nullable, nonatomic, copy) UIColor *backgroundColor;
@end

// NSTextAlignment
typedef NS_ENUM(NSInteger, NSTextAlignment) {
    NSTextAlignmentLeft,
    NSTextAlignmentCenter,
    NSTextAlignmentRight,
    NSTextAlignmentJustified,
    NSTextAlignmentNatural,
};

// UILabel
@interface UILabel : UIView
@property (nullable, nonatomic, copy) NSString *text;
@property (nonatomic) NSTextAlignment textAlignment;
@property (nonatomic) NSInteger numberOfLines;
@end

// UIViewController
@interface UIViewController : UIResponder
@property (null_resettable, nonatomic, strong) UIView *view;
- (void)loadView;
- (void)viewDidLoad;
@end

// UINavigationController
@interface UINavigationController : UIViewController
- (instancetype)initWithRootViewController:(UIViewController *)rootViewController;
@end

// UITabBarController
@interface UITabBarController : UIViewController
@property (nullable, nonatomic, copy) NSArray<UIViewController *> *viewControllers;
@end

// UIStoryboard, each of whose view controllers is a plain one here.
@interface UIStoryboard : NSObject
+ (UIStoryboard *)storyboardWithName:(NSString *)name bundle:(nullable NSBundle *)storyboardBundleOrNil;
- (nullable UIViewController *)instantiateInitialViewController;
- (UIViewController *)instantiateViewControllerWithIdentifier:(NSString *)identifier;
@end

// UIWindow
@interface UIWindow : UIView
- (instancetype)initWithWindowScene:(UIWindowScene *)windowScene;
@property (nullable, nonatomic, strong) UIViewController *rootViewController;
- (void)makeKeyAndVisible;
@end

// UIScene
@interface UIScene : UIResponder
@end

// UIWindowScene
@interface UIWindowScene : UIScene
@end

// UISceneSession
@interface UISceneSession : NSObject
@end

// UISceneConnectionOptions
@interface UISceneConnectionOptions : NSObject
@end

// UISceneDelegate
@protocol UISceneDelegate <NSObject>
@optional
- (void)scene:(UIScene *)scene
    willConnectToSession:(UISceneSession *)session
                 options:(UISceneConnectionOptions *)connectionOptions;
- (void)sceneDidEnterBackground:(UIScene *)scene;
- (void)sceneWillResignActive:(UIScene *)scene;
- (void)sceneWillEnterForeground:(UIScene *)scene;
- (void)sceneDidBecomeActive:(UIScene *)scene;
@end

// UIWindowSceneDelegate
@protocol UIWindowSceneDelegate <UISceneDelegate>
@optional
@property (nullable, nonatomic, strong) UIWindow *window;
@end

// UIApplication
@interface UIApplication : UIResponder
// sharedApplication
@property (class, nonatomic, readonly) UIApplication *sharedApplication;
// delegate
@property (nullable, nonatomic, assign) id<UIApplicationDelegate> delegate;
// applicationState
@property (nonatomic, readonly) UIApplicationState applicationState;
// applicationIconBadgeNumber
@property (nonatomic) NSInteger applicationIconBadgeNumber;
// setMinimumBackgroundFetchInterval:
- (void)registerForRemoteNotifications;
- (void)setMinimumBackgroundFetchInterval:(NSTimeInterval)minimumBackgroundFetchInterval DEPRECATED_FETCH;
// backgroundTimeRemaining
@property (nonatomic, readonly) NSTimeInterval backgroundTimeRemaining;
// beginBackgroundTaskWithExpirationHandler:
- (UIBackgroundTaskIdentifier)beginBackgroundTaskWithExpirationHandler:(void (^_Nullable)(void))handler;
// beginBackgroundTaskWithName:expirationHandler:
- (UIBackgroundTaskIdentifier)beginBackgroundTaskWithName:(nullable NSString *)taskName
                                        expirationHandler:(void (^_Nullable)(void))handler;
// endBackgroundTask:
- (void)endBackgroundTask:(UIBackgroundTaskIdentifier)identifier;
@end

// UIApplicationDelegate
@protocol UIApplicationDelegate <NSObject>
@optional
// window
@property (nullable, nonatomic, strong) UIWindow *window;
// application:didFinishLaunchingWithOptions:
- (BOOL)application:(UIApplication *)application
    didFinishLaunchingWithOptions:(nullable NSDictionary<UIApplicationLaunchOptionsKey, id> *)launchOptions;
// application:performFetchWithCompletionHandler:
- (void)application:(UIApplication *)application
    didReceiveRemoteNotification:(NSDictionary *)userInfo
          fetchCompletionHandler:(void (^)(UIBackgroundFetchResult result))completionHandler;
- (void)application:(UIApplication *)application
    performFetchWithCompletionHandler:(void (^)(UIBackgroundFetchResult result))completionHandler DEPRECATED_FETCH;
// applicationDidEnterBackground:
- (void)applicationDidEnterBackground:(UIApplication *)application;
// applicationWillResignActive:
- (void)applicationWillResignActive:(UIApplication *)application;
// applicationWillEnterForeground:
- (void)applicationWillEnterForeground:(UIApplication *)application;
// applicationDidBecomeActive:
- (void)applicationDidBecomeActive:(UIApplication *)application;
@end

// UIApplicationMain
int UIApplicationMain(int argc, char *_Nullable argv[_Nonnull], NSString *_Nullable principalClassName,
                      NSString *_Nullable delegateClassName);

NS_ASSUME_NONNULL_END

#endif
