- (void)workRefreshFor:(__unused BackgroundCall *)call
           done:(void (^)(BOOL success))done {
    __block void (^held)(BOOL) = done;
    int work = device_work("scheduled_refresh", device_function(^(int good) {
        if (good < 0) {
            held = nil;
        } else {
            held(good == 1 ? YES : NO);
        }
    }));
    if (work) {
        [call whenTimeIsUp:^{
            (void)held;
            device_stop(work);
        }];
    }
}
