- (void)runTaggedTask:(BGTask *)task {
    [self askForOwnTask];
    [super runTaggedTask:task];
}

- (instancetype)init {
    self = [super init];
    [[BGTaskScheduler sharedScheduler] registerForTaskWithIdentifier:@"own"
                                                          usingQueue:dispatch_get_main_queue()
                                                       launchHandler:^(BGTask *task) {
        [self runTaggedTask:task];
    }];
    [self askForOwnTask];
    return self;
}

- (void)askForOwnTask {
    BGTaskRequest *request = [[BGAppRefreshTaskRequest alloc] initWithIdentifier:@"own"];
    [[BGTaskScheduler sharedScheduler] submitTaskRequest:request error:NULL];
}
