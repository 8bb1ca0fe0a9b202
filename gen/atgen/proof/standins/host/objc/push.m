- (void)receive:(__unused NSDictionary *)userInfo
           done:(void (^)(UIBackgroundFetchResult result))done {
    device_work(userInfo[@"aps"] ? "push" : "lost_push", device_function(^(int good) {
        done(good == DEVICE_FAILED ? UIBackgroundFetchResultFailed
             : good                ? UIBackgroundFetchResultNewData
                                   : UIBackgroundFetchResultNoData);
    }));
}
