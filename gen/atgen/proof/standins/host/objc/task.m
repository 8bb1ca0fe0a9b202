- (void)work:(void (^)(void))done {
    device_work("task", device_function(^(__unused int good) {
        done();
    }));
}
