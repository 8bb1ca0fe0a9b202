- (void)workFor:(__unused BackgroundCall *)call
           done:(void (^)(BOOL success))done {
    device_work("scheduled", device_function(^(int good) {
        done(good ? YES : NO);
    }));
}
