// UIKit over the virtual device, with ARC.
#import <UIKit/UIKit.h>

#include "device_block.h"

const UIBackgroundTaskIdentifier UIBackgroundTaskInvalid = 0;
const NSTimeInterval UIApplicationBackgroundFetchIntervalMinimum = 0;
const NSTimeInterval UIApplicationBackgroundFetchIntervalNever = __DBL_MAX__;

NSNotificationName const UIApplicationDidBecomeActiveNotification = @"UIApplicationDidBecomeActiveNotification";
NSNotificationName const UIApplicationDidEnterBackgroundNotification = @"UIApplicationDidEnterBackgroundNotification";
NSNotificationName const UIApplicationWillEnterForegroundNotification = @"UIApplicationWillEnterForegroundNotification";
NSNotificationName const UIApplicationWillResignActiveNotification = @"UIApplicationWillResignActiveNotification";

UIApplicationLaunchOptionsKey const UIApplicationLaunchOptionsRemoteNotificationKey =
    @"UIApplicationLaunchOptionsRemoteNotificationKey";

@implementation UIResponder
@end

@implementation UIScreen

+ (UIScreen *)mainScreen {
    return [UIScreen new];
}

- (CGRect)bounds {
    return (CGRect){0};
}

@end

@implementation UIDevice

+ (UIDevice *)currentDevice {
    return [UIDevice new];
}

- (NSString *)model {
    return @"iPhone";
}

- (NSString *)systemVersion {
    return @"18.0";
}

@end

@implementation UIColor

+ (UIColor *)whiteColor {
    return [UIColor new];
}

+ (UIColor *)systemGrayColor {
    return [UIColor new];
}

@end

@implementation UIView

- (instancetype)initWithFrame:(CGRect)frame {
    return [self init];
}

@end

@implementation UILabel
@end

@implementation UIViewController

- (void)setView:(UIView *)view {
    _view = view;
}

- (void)loadView {
    self.view = [UIView new];
}

- (void)viewDidLoad {
}

@end

@implementation UINavigationController

- (instancetype)initWithRootViewController:(UIViewController *)rootViewController {
    return [self init];
}

@end

@implementation UITabBarController
@end

@implementation UIStoryboard

+ (UIStoryboard *)storyboardWithName:(NSString *)name bundle:(NSBundle *)storyboardBundleOrNil {
    return [UIStoryboard new];
}

- (UIViewController *)instantiateInitialViewController {
    return [UIViewController new];
}

- (UIViewController *)instantiateViewControllerWithIdentifier:(NSString *)identifier {
    return [UIViewController new];
}

@end

@implementation UIWindow

- (instancetype)initWithWindowScene:(UIWindowScene *)windowScene {
    return [self init];
}

- (void)makeKeyAndVisible {
}

@end

@implementation UIScene
@end

@implementation UIWindowScene
@end

@implementation UISceneSession
@end

@implementation UISceneConnectionOptions
@end

@implementation UIApplication

+ (UIApplication *)sharedApplication {
    static UIApplication *shared;
    if (!shared) {
        shared = [UIApplication new];
    }
    return shared;
}

- (UIApplicationState)applicationState {
    return device_in_background()  ? UIApplicationStateBackground
           : device_is_inactive() ? UIApplicationStateInactive
                                  : UIApplicationStateActive;
}

- (NSTimeInterval)backgroundTimeRemaining { return device_in_background() ? 30 : __DBL_MAX__; }

- (void)setMinimumBackgroundFetchInterval:(NSTimeInterval)minimumBackgroundFetchInterval {
    device_fetch_interval(minimumBackgroundFetchInterval);
}

- (void)registerForRemoteNotifications {
    device_wants_pushes();
}

- (UIBackgroundTaskIdentifier)beginBackgroundTaskWithExpirationHandler:(void (^)(void))handler {
    return [self beginBackgroundTaskWithName:nil expirationHandler:handler];
}

- (UIBackgroundTaskIdentifier)beginBackgroundTaskWithName:(NSString *)taskName expirationHandler:(void (^)(void))handler {
    void (^expiration)(void) = handler ?: ^{};
    return (UIBackgroundTaskIdentifier)device_begin_task(taskName.UTF8String, device_block(expiration));
}

- (void)endBackgroundTask:(UIBackgroundTaskIdentifier)identifier {
    device_end_task((long)identifier);
}

@end

static Class delegateClass;
static id<UIApplicationDelegate> delegate;

static UIWindowScene *scene;
static id<UISceneDelegate> sceneDelegate;

static void forget(void) {
    delegate = nil;
    scene = nil;
    sceneDelegate = nil;
}

static void post(NSNotificationName name) {
    [[NSNotificationCenter defaultCenter] postNotificationName:name object:[UIApplication sharedApplication]];
}

// The app's own class, which Info.plist names, of the one scene that is not another's.
static void connectScene(void) {
    if (!device_has_scenes() || scene) {
        return;
    }
    scene = [UIWindowScene new];
    sceneDelegate = [NSClassFromString(@"SceneDelegate") new];
    if ([sceneDelegate respondsToSelector:@selector(scene:willConnectToSession:options:)]) {
        [sceneDelegate scene:scene willConnectToSession:[UISceneSession new] options:[UISceneConnectionOptions new]];
    }
}

static void becomeActive(void) {
    if (!device_has_scenes() && [delegate respondsToSelector:@selector(applicationDidBecomeActive:)]) {
        [delegate applicationDidBecomeActive:[UIApplication sharedApplication]];
    }
    if ([sceneDelegate respondsToSelector:@selector(sceneDidBecomeActive:)]) {
        [sceneDelegate sceneDidBecomeActive:scene];
    }
    post(UIApplicationDidBecomeActiveNotification);
}

// What the delegate lacks is not called.
static BOOL has(SEL selector, const char *name) {
    BOOL answers = [delegate respondsToSelector:selector];
    if (!answers) {
        device_missing(name);
    }
    return answers;
}

// Every second push shows something, too, and says something of the app's own.
static NSDictionary *notification(int call) {
    return call % 2 ? @{@"aps": @{@"content-available": @1}} : @{@"aps": @{@"content-available": @1, @"alert": @"News"}, @"id": @"7"};
}

static void launch(void) {
    @autoreleasepool {
        device_at_end(forget);
        UIApplication *application = [UIApplication sharedApplication];
        delegate = [delegateClass new];
        device_has_delegate();
        application.delegate = delegate;
        if (has(@selector(application:didFinishLaunchingWithOptions:), "application:didFinishLaunchingWithOptions:")) {
            NSDictionary *options =
                device_in_background() ? @{UIApplicationLaunchOptionsRemoteNotificationKey: notification(1)} : nil;
            if (![delegate application:application didFinishLaunchingWithOptions:options]) {
                device_declined();
            }
        }
        if (!device_in_background()) {
            connectScene();
            becomeActive();
        }
    }
}

static void fetch(int call) {
    @autoreleasepool {
        if (has(@selector(application:performFetchWithCompletionHandler:), "application:performFetchWithCompletionHandler:")) {
            [delegate application:[UIApplication sharedApplication]
                performFetchWithCompletionHandler:^(UIBackgroundFetchResult result) {
                    device_complete(call, (enum device_result)result);
                }];
        }
    }
}

static void push(int call) {
    @autoreleasepool {
        SEL selector = @selector(application:didReceiveRemoteNotification:fetchCompletionHandler:);
        if (has(selector, "application:didReceiveRemoteNotification:fetchCompletionHandler:")) {
            [delegate application:[UIApplication sharedApplication]
                didReceiveRemoteNotification:notification(call)
                      fetchCompletionHandler:^(UIBackgroundFetchResult result) {
                          device_complete(call, (enum device_result)result);
                      }];
        }
    }
}

// With scenes the delegate hears nothing of it (applicationDidEnterBackground:).
static void enter_background(bool scenes) {
    @autoreleasepool {
        if (!scenes && [delegate respondsToSelector:@selector(applicationWillResignActive:)]) {
            [delegate applicationWillResignActive:[UIApplication sharedApplication]];
        }
        if ([sceneDelegate respondsToSelector:@selector(sceneWillResignActive:)]) {
            [sceneDelegate sceneWillResignActive:scene];
        }
        post(UIApplicationWillResignActiveNotification);
        if (!scenes && has(@selector(applicationDidEnterBackground:), "applicationDidEnterBackground:")) {
            [delegate applicationDidEnterBackground:[UIApplication sharedApplication]];
        }
        if ([sceneDelegate respondsToSelector:@selector(sceneDidEnterBackground:)]) {
            [sceneDelegate sceneDidEnterBackground:scene];
        }
        post(UIApplicationDidEnterBackgroundNotification);
    }
}

static void enter_foreground(bool scenes) {
    @autoreleasepool {
        connectScene();
        if (!scenes && [delegate respondsToSelector:@selector(applicationWillEnterForeground:)]) {
            [delegate applicationWillEnterForeground:[UIApplication sharedApplication]];
        }
        if ([sceneDelegate respondsToSelector:@selector(sceneWillEnterForeground:)]) {
            [sceneDelegate sceneWillEnterForeground:scene];
        }
        post(UIApplicationWillEnterForegroundNotification);
        becomeActive();
    }
}

int UIApplicationMain(int argc, char *argv[], NSString *principalClassName, NSString *delegateClassName) {
    (void)argc, (void)argv, (void)principalClassName;
    @autoreleasepool {
        delegateClass = NSClassFromString(delegateClassName);
    }
    return device_main((struct device_app){launch, enter_background, enter_foreground, fetch, push, NULL});
}
