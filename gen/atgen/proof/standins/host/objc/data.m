- (void)receive:(__unused WKRefreshBackgroundTask *)task {
    device_work("data", device_function(^(int good) {
        [task setTaskCompletedWithSnapshot:NO];
    }));
}
