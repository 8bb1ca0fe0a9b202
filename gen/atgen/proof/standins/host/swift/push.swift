override func receive(
    _ userInfo: [AnyHashable: Any],
    done: @escaping @Sendable (UIBackgroundFetchResult) -> Void
) {
    playWork(userInfo.isEmpty ? "lost_push" : "push") { done($0 ? .newData : .noData) }
}
