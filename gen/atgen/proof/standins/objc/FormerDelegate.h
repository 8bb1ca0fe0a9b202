// What the app itself has put into a global tracker's slot, of either SDK; who takes its place is to pass on what it hears.
#import <Foundation/Foundation.h>

@interface FormerDelegate : NSObject
+ (id)of:(int)tracker;
@end
