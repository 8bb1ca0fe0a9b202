nonisolated override func work(done: @escaping @Sendable () -> Void) {
    playWork { _ in done() }
}
