override func fetch(done: @escaping @Sendable (UIBackgroundFetchResult) -> Void) {
    playWork("fetch") { done($0 ? .newData : .noData) }
}
