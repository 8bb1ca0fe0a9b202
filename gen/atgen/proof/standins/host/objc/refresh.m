- (void)refresh:(void (^)(void))done {
    device_work("refresh", device_function(^(__unused int good) {
        done();
    }));
}
