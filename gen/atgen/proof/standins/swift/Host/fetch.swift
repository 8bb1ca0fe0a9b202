override func fetch(done: @escaping @Sendable (UIBackgroundFetchResult) -> Void) {
    playWork { done($0 ? .newData : .noData) }
}
