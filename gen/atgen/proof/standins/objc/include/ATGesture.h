// Stand-in for ATGesture.h of ATInternet-iOS-ObjC-SDK 2.x (commit 6cf0461, Tracker/Tracker).
#ifndef AT_GESTURE_H
#define AT_GESTURE_H

#import <Foundation/Foundation.h>

typedef NS_ENUM(int, ATGestureAction) {
    ATGestureActionTouch,
    ATGestureActionNavigate,
    ATGestureActionDownload,
    ATGestureActionExit,
    ATGestureActionSearch
};

@interface ATGesture : NSObject
@property (nonatomic, strong) NSString *name;
@property (nonatomic, strong) NSString *chapter1;
@property (nonatomic, strong) NSString *chapter2;
@property (nonatomic, strong) NSString *chapter3;
@property (nonatomic) int level2;
@property (nonatomic) ATGestureAction action;
- (void)sendNavigation;
- (void)sendExit;
- (void)sendDownload;
- (void)sendTouch;
- (void)sendSearch;
@end

@interface ATGestures : NSObject
- (ATGesture *)add;
- (ATGesture *)addWithName:(NSString *)name;
- (ATGesture *)addWithName:(NSString *)name chapter1:(NSString *)chapter1;
- (ATGesture *)addWithName:(NSString *)name chapter1:(NSString *)chapter1 chapter2:(NSString *)chapter2;
- (ATGesture *)addWithName:(NSString *)name
                  chapter1:(NSString *)chapter1
                  chapter2:(NSString *)chapter2
                  chapter3:(NSString *)chapter3;
@end

#endif
