override func receive(
    _ userInfo: [AnyHashable: Any],
    done: @escaping @Sendable (UIBackgroundFetchResult) -> Void
) {
    playWork("push") { done($0 ? .newData : .noData) }
}
