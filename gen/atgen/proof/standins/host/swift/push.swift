override func receive(
    _ userInfo: [AnyHashable: Any],
    done: @escaping @Sendable (UIBackgroundFetchResult) -> Void
) {
    playWork(userInfo["aps"] == nil ? "lost_push" : "push") { done($0 == .failed ? .failed : $0 == .good ? .newData : .noData) }
}
