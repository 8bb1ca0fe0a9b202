// Stand-in for ATContext.h of ATInternet-iOS-ObjC-SDK 2.x (commit 6cf0461, Tracker/Tracker).
#ifndef AT_CONTEXT_H
#define AT_CONTEXT_H

#import <Foundation/Foundation.h>

typedef NS_ENUM(int, ATBackgroundMode) { ATBackgroundModeNormal = 0, ATBackgroundModeTask = 1, ATBackgroundModeFetch = 2 };

@interface ATContext : NSObject
@property (nonatomic) ATBackgroundMode backgroundMode;
@end

#endif
