// Stand-in for ATInternet.h of ATInternet-iOS-ObjC-SDK 2.x (commit 6cf0461, Tracker/Tracker).
#ifndef AT_INTERNET_H
#define AT_INTERNET_H

#import "ATTracker.h"

@interface ATInternet : NSObject
@property (nonatomic, strong, readonly) ATTracker *defaultTracker;
- (ATTracker *)trackerWithName:(NSString *)name;
- (ATTracker *)trackerWithName:(NSString *)name configuration:(NSDictionary *)configuration;
+ (ATInternet *)sharedInstance;
@end

#endif
