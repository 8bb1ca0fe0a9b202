nonisolated override func work(done: @escaping @Sendable () -> Void) {
    playWork("task") { _ in done() }
}
