- (void)workProcessingFor:(__unused BackgroundCall *)call
           done:(void (^)(BOOL success))done {
    int work = device_work("scheduled_processing", device_function(^(int good) {
        done(good ? YES : NO);
    }));
    if (work) {
        [call whenTimeIsUp:^{
            (void)done;
            device_stop(work);
        }];
    }
}
