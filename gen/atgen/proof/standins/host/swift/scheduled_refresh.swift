nonisolated override func workRefresh(
    _ call: BackgroundCall<Bool>, done: @escaping @Sendable (Bool) -> Void
) {
    playWork("scheduled_refresh", whenTimeIsUp: call.whenTimeIsUp) { done($0 == .good) }
}
