// What Host takes from Foundation that the stand-ins do not have: for the compiler only.
#import <Foundation/Foundation.h>

@interface NSNumber (Host)
// Apple: numberWithUnsignedInteger:
+ (NSNumber *_Nonnull)numberWithUnsignedInteger:(NSUInteger)value;
@end
