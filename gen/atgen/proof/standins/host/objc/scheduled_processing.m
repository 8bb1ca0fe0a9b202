- (void)workProcessingFor:(__unused BackgroundCall *)call
           done:(void (^)(BOOL success))done {
    device_work("scheduled_processing", device_function(^(int good) {
        done(good ? YES : NO);
    }));
}
