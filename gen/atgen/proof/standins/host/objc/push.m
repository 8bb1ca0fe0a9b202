- (void)receive:(__unused NSDictionary *)userInfo
           done:(void (^)(UIBackgroundFetchResult result))done {
    device_work(userInfo.count > 0 ? "push" : "lost_push", device_function(^(int good) {
        done(good == DEVICE_FAILED ? UIBackgroundFetchResultFailed
             : good                ? UIBackgroundFetchResultNewData
                                   : UIBackgroundFetchResultNoData);
    }));
}
