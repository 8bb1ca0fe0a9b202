nonisolated override func workProcessing(
    _ call: BackgroundCall<Bool>, done: @escaping @Sendable (Bool) -> Void
) {
    playWork("scheduled_processing", whenTimeIsUp: call.whenTimeIsUp) { done($0 == .good) }
}
