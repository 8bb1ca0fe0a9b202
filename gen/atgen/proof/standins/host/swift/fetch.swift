override func fetch(done: @escaping @Sendable (UIBackgroundFetchResult) -> Void) {
    playWork("fetch") { done($0 == .failed ? .failed : $0 == .good ? .newData : .noData) }
}
