override func refresh(done: @escaping @Sendable () -> Void) {
    playWork { _ in done() }
}
