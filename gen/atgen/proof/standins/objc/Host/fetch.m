- (void)fetch:(void (^)(UIBackgroundFetchResult result))done {
    device_work(device_function(^(int good) {
        done(good ? UIBackgroundFetchResultNewData : UIBackgroundFetchResultNoData);
    }));
}
