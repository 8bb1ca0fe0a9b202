- (void)work:(void (^)(void))done {
    device_work("task", device_function(^(int good) {
        done();
    }));
}
