- (void)receive:(__unused WKRefreshBackgroundTask *)task {
    device_work("data", device_function(^(__unused int good) {
        [task setTaskCompletedWithSnapshot:NO];
    }));
}
