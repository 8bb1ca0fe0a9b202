nonisolated override func work(
    _ call: BackgroundCall<Bool>, done: @escaping @Sendable (Bool) -> Void
) {
    playWork("scheduled", whenTimeIsUp: call.whenTimeIsUp) { done($0 == .good) }
}
