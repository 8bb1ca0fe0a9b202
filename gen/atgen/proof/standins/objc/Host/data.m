- (void)receive:(__unused WKRefreshBackgroundTask *)task {
    device_work(device_function(^(int good) {
        [task setTaskCompletedWithSnapshot:NO];
    }));
}
