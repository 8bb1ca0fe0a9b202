override func refresh(done: @escaping @Sendable () -> Void) {
    playWork("refresh") { _ in done() }
}
