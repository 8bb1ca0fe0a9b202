// The app's UIApplication: it tells the test bundle which background tasks begin and end, on any thread.
// UIApplicationMain makes it where it is given no class, as by Swift's @main: NSPrincipalClass of Info.plist (UIApplication.h).
// In Objective-C: an override in Swift would belong to the main actor, and the SDK ends its own tasks elsewhere (Sender.swift).
#import <UIKit/UIKit.h>

@interface RecordingApplication : UIApplication
@end

@implementation RecordingApplication

- (UIBackgroundTaskIdentifier)beginBackgroundTaskWithName:(NSString *)taskName expirationHandler:(void (^)(void))handler {
    UIBackgroundTaskIdentifier identifier = [super beginBackgroundTaskWithName:taskName expirationHandler:handler];
    [[NSNotificationCenter defaultCenter] postNotificationName:@"BackgroundTaskBegan" object:@(identifier)];
    return identifier;
}

- (void)endBackgroundTask:(UIBackgroundTaskIdentifier)identifier {
    [[NSNotificationCenter defaultCenter] postNotificationName:@"BackgroundTaskEnded" object:@(identifier)];
    [super endBackgroundTask:identifier];
}

@end
