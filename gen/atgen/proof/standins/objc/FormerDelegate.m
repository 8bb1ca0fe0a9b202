// With ARC.
#import "FormerDelegate.h"

#include "device.h"

@interface FormerDelegate ()
@property (nonatomic) int tracker;
@end

@implementation FormerDelegate

+ (id)of:(int)tracker {
    FormerDelegate *former = [FormerDelegate new];
    former.tracker = tracker;
    return former;
}

- (void)buildDidEnd:(__unused long)status message:(NSString *)message {
    device_heard(self.tracker, DEVICE_BUILD_DID_END, message.UTF8String);
}

- (void)sendDidEnd:(__unused long)status message:(NSString *)message {
    device_heard(self.tracker, DEVICE_SEND_DID_END, message.UTF8String);
}

- (void)saveDidEnd:(NSString *)message {
    device_heard(self.tracker, DEVICE_SAVE_DID_END, message.UTF8String);
}

- (void)warningDidOccur:(NSString *)message {
    device_heard(self.tracker, DEVICE_WARNING_DID_OCCUR, message.UTF8String);
}

- (void)errorDidOccur:(NSString *)message {
    device_heard(self.tracker, DEVICE_ERROR_DID_OCCUR, message.UTF8String);
}

- (void)didCallPartner:(NSString *)response {
    device_heard(self.tracker, DEVICE_DID_CALL_PARTNER, response.UTF8String);
}

@end
