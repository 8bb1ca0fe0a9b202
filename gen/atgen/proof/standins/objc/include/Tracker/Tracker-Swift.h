// Stand-in for the header that Xcode generates for the module Tracker of ATInternet-Apple-SDK 2.23.10, over the virtual device.
// The comments name the file of the SDK's Sources that is mirrored.
#ifndef TRACKER_SWIFT_H
#define TRACKER_SWIFT_H

#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

// What may not be discarded in Swift may not be here, where Xcode writes SWIFT_WARN_UNUSED_RESULT.
#define USED __attribute__((warn_unused_result))

@class Context, Event, Events, Gesture, Gestures, Screen, Screens, Tracker;

// Tracker.swift
typedef NS_ENUM(NSInteger, BackgroundMode) { BackgroundModeNormal = 0, BackgroundModeTask = 1, BackgroundModeFetch = 2 };
typedef NS_ENUM(NSInteger, HitStatus) { HitStatusFailed = 0, HitStatusSuccess = 1 };

// ATInternet.swift
@interface ATInternet : NSObject
@property (class, nonatomic, readonly, strong) ATInternet *sharedInstance;
@property (nonatomic, readonly, strong) Tracker *defaultTracker;
@property (nonatomic, copy) NSString *userAgent;
- (Tracker *)tracker:(NSString *)name;
- (Tracker *)tracker:(NSString *)name configuration:(NSDictionary<NSString *, NSString *> *)configuration;
- (instancetype)init NS_UNAVAILABLE;
+ (instancetype)new NS_UNAVAILABLE;
@end

// Tracker.swift
@protocol TrackerDelegate
@optional
- (void)trackerNeedsFirstLaunchApproval:(NSString *)message;
- (void)buildDidEnd:(HitStatus)status message:(NSString *)message;
- (void)sendDidEnd:(HitStatus)status message:(NSString *)message;
- (void)saveDidEnd:(NSString *)message;
- (void)didCallPartner:(NSString *)response;
- (void)warningDidOccur:(NSString *)message;
- (void)errorDidOccur:(NSString *)message;
@end

// Tracker.swift
@interface Tracker : NSObject
@property (nullable, nonatomic, strong) id<TrackerDelegate> delegate;
@property (nonatomic, readonly, strong) Context *context;
@property (nonatomic, readonly, strong) Gestures *gestures;
@property (nonatomic, readonly, strong) Screens *screens;
@property (nonatomic, readonly, strong) Events *events;
- (void)setConfig:(NSDictionary<NSString *, NSString *> *)configuration
             override:(BOOL)override
                 sync:(BOOL)sync
    completionHandler:(void (^_Nullable)(BOOL))completionHandler;
@end

// Privacy.swift
@interface Privacy : NSObject
+ (void)extendIncludeBuffer:(NSString *)visitorMode keys:(NSArray<NSString *> *)keys;
- (instancetype)init NS_UNAVAILABLE;
@end

// Context.swift
@interface Context : NSObject
@property (nonatomic) BackgroundMode backgroundMode;
@end

// Gesture.swift
@interface Gestures : NSObject
- (Gesture *)add USED;
- (Gesture *)add:(NSString *)name USED;
- (Gesture *)add:(NSString *)name chapter1:(NSString *)chapter1 USED;
- (Gesture *)add:(NSString *)name chapter1:(NSString *)chapter1 chapter2:(NSString *)chapter2 USED;
- (Gesture *)add:(NSString *)name
        chapter1:(NSString *)chapter1
        chapter2:(NSString *)chapter2
        chapter3:(NSString *)chapter3 USED;
@end

// Gesture.swift
@interface Gesture : NSObject
@property (nonatomic, copy) NSString *name;
@property (nullable, nonatomic, copy) NSString *chapter1;
@property (nullable, nonatomic, copy) NSString *chapter2;
@property (nullable, nonatomic, copy) NSString *chapter3;
@property (nonatomic) NSInteger level2;
- (void)sendTouch;
- (void)sendNavigation;
- (void)sendDownload;
- (void)sendExit;
- (void)sendSearch;
@end

// Screen.swift
@interface Screens : NSObject
- (Screen *)add USED;
- (Screen *)add:(NSString *)name USED;
- (Screen *)add:(NSString *)name chapter1:(NSString *)chapter1 USED;
- (Screen *)add:(NSString *)name chapter1:(NSString *)chapter1 chapter2:(NSString *)chapter2 USED;
- (Screen *)add:(NSString *)name
       chapter1:(NSString *)chapter1
       chapter2:(NSString *)chapter2
       chapter3:(NSString *)chapter3 USED;
@end

// Screen.swift
@interface Screen : NSObject
@property (nonatomic, copy) NSString *name;
@property (nullable, nonatomic, copy) NSString *chapter1;
@property (nullable, nonatomic, copy) NSString *chapter2;
@property (nullable, nonatomic, copy) NSString *chapter3;
@property (nonatomic) NSInteger level2;
- (void)sendView;
@end

// Event.swift
@interface Event : NSObject
@property (nonatomic, copy) NSString *name;
- (instancetype)init NS_UNAVAILABLE;
+ (instancetype)new NS_UNAVAILABLE;
@end

// Event.swift
@interface Events : NSObject
- (Event *)addWithName:(NSString *)name data:(NSDictionary<NSString *, id> *)data USED;
- (void)send;
@end

// Public classes of the SDK whose names an app's own classes must not bear.
@interface Aisle : NSObject
@end
@interface BackgroundTask : NSObject
@end
@interface BusinessObject : NSObject
@end
@interface Campaign : NSObject
@end
@interface Cart : NSObject
@end
@interface Hit : NSObject
@end
@interface Location : NSObject
@end
@interface Media : NSObject
@end
@interface Offline : NSObject
@end
@interface Order : NSObject
@end
@interface Param : NSObject
@end
@interface Product : NSObject
@end
@interface Publisher : NSObject
@end
@interface Video : NSObject
@end

NS_ASSUME_NONNULL_END

#endif
