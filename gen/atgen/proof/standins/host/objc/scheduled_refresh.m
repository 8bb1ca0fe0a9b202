- (void)workRefreshFor:(__unused BackgroundCall *)call
           done:(void (^)(BOOL success))done {
    device_work("scheduled_refresh", device_function(^(int good) {
        done(good ? YES : NO);
    }));
}
