- (void)work:(void (^)(void))done {
    device_work(device_function(^(int good) {
        done();
    }));
}
