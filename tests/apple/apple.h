// What Host takes from Foundation that the stand-ins do not have: for the compiler only.
#import <Foundation/Foundation.h>

// Apple: NSNumber
@interface NSNumber : NSObject
// Apple: numberWithUnsignedInteger:
+ (NSNumber *_Nonnull)numberWithUnsignedInteger:(NSUInteger)value;
@end
