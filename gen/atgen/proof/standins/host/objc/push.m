- (void)receive:(__unused NSDictionary *)userInfo
           done:(void (^)(UIBackgroundFetchResult result))done {
    device_work("push", device_function(^(int good) {
        done(good ? UIBackgroundFetchResultNewData : UIBackgroundFetchResultNoData);
    }));
}
