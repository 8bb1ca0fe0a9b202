// With ARC.
#import "FormerDelegate.h"

#include "device.h"

@interface FormerDelegate ()
@property (nonatomic) int tracker;
@end

// A status is of another width in either SDK.
@implementation FormerDelegate

+ (id)of:(int)tracker {
    FormerDelegate *former = [FormerDelegate new];
    former.tracker = tracker;
    return former;
}

- (void)buildDidEnd:(long)status message:(NSString *)message {
    device_heard(self.tracker, DEVICE_BUILD_DID_END, (int)status == 1, message.UTF8String);
}

- (void)sendDidEnd:(long)status message:(NSString *)message {
    device_heard(self.tracker, DEVICE_SEND_DID_END, (int)status == 1, message.UTF8String);
}

- (void)saveDidEnd:(NSString *)message {
    device_heard(self.tracker, DEVICE_SAVE_DID_END, false, message.UTF8String);
}

- (void)warningDidOccur:(NSString *)message {
    device_heard(self.tracker, DEVICE_WARNING_DID_OCCUR, false, message.UTF8String);
}

- (void)errorDidOccur:(NSString *)message {
    device_heard(self.tracker, DEVICE_ERROR_DID_OCCUR, false, message.UTF8String);
}

- (void)didCallPartner:(NSString *)response {
    device_heard(self.tracker, DEVICE_DID_CALL_PARTNER, false, response.UTF8String);
}

@end
