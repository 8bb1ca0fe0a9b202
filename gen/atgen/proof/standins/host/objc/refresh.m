- (void)refresh:(void (^)(void))done {
    device_work("refresh", device_function(^(int good) {
        done();
    }));
}
