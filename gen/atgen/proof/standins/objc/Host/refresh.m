- (void)refresh:(void (^)(void))done {
    device_work(device_function(^(int good) {
        done();
    }));
}
