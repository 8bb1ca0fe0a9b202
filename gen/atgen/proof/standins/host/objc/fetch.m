- (void)fetch:(void (^)(UIBackgroundFetchResult result))done {
    device_work("fetch", device_function(^(int good) {
        done(good == DEVICE_FAILED ? UIBackgroundFetchResultFailed
             : good                ? UIBackgroundFetchResultNewData
                                   : UIBackgroundFetchResultNoData);
    }));
}
