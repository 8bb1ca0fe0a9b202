- (void)fetch:(void (^)(UIBackgroundFetchResult result))done {
    device_work("fetch", device_function(^(int good) {
        done(good ? UIBackgroundFetchResultNewData : UIBackgroundFetchResultNoData);
    }));
}
