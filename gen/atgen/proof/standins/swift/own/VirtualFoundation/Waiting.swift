// What waits for what, on the virtual device: one thread runs at a time, and who waits keeps its own.
import VirtualDevice

/// Apple: DispatchPredicate
public enum DispatchPredicate: Sendable { case onQueue(DispatchQueue), onQueueAsBarrier(DispatchQueue), notOnQueue(DispatchQueue) }

/// Apple: dispatchPrecondition(condition:)
public func dispatchPrecondition(condition: DispatchPredicate) {
    switch condition {
    case .onQueue(let queue), .onQueueAsBarrier(let queue): precondition(queue.isCurrent, "not on this queue")
    case .notOnQueue(let queue): precondition(!queue.isCurrent, "on this queue")
    }
}

extension DispatchQueue {
    /// Apple: sync(execute:), on the thread that calls it unless others are before it; for itself a queue waits for ever.
    public func sync<T>(execute work: () throws -> T) rethrows -> T {
        try run(work) { throw $0 }
    }

    /// Whether what runs just now is this queue's.
    public var isCurrent: Bool { device_is_within(number) }

    /// Apple: sync(flags:execute:)
    public func sync<T>(flags: DispatchWorkItemFlags, execute work: () throws -> T) rethrows -> T { try sync(execute: work) }

    /// Apple: sync(execute:)
    public func sync(execute workItem: DispatchWorkItem) { sync { workItem.run() } }

    // The closure does not escape: whoever waits for it goes on when it is over, or forgotten.
    private func run<T>(_ work: () throws -> T, rescue: (any Error) throws -> T) rethrows -> T {
        if device_enter(number) {
            defer { device_leave(number) }
            return try work()
        }
        var result: Result<T, any Error>?
        withoutActuallyEscaping(work) { work in
            var held: (() throws -> T)? = work
            let isOver = device_semaphore(0)
            device_async(number, device_block {
                if let work = held { result = Result { try work() } }
                device_signal(isOver)
            })
            _ = device_wait(isOver, .infinity)
            held = nil
        }
        switch result {
        case .success(let value)?: return value
        case .failure(let error)?: return try rescue(error)
        case nil: return try work()  // the run is over
        }
    }

    /// Apple: async(group:qos:flags:execute:)
    @preconcurrency
    public func async(
        group: DispatchGroup? = nil, qos: DispatchQoS = .unspecified, flags: DispatchWorkItemFlags,
        execute work: @escaping @Sendable () -> Void
    ) { async(qos: qos, execute: work) }

    /// Apple: async(group:qos:flags:execute:)
    @preconcurrency
    public func async(group: DispatchGroup, qos: DispatchQoS = .unspecified, execute work: @escaping @Sendable () -> Void) {
        group.enter()
        async {
            work()
            group.leave()
        }
    }
}

extension DispatchGroup {
    /// Apple: wait()
    @available(*, noasync)
    public func wait() { _ = wait(seconds: .infinity) }

    /// Apple: wait(timeout:)
    @available(*, noasync)
    public func wait(timeout: DispatchTime) -> DispatchTimeoutResult { wait(seconds: timeout.seconds - device_now()) }

    private func wait(seconds: Double) -> DispatchTimeoutResult {
        let isOver = device_semaphore(0)
        whenEmpty { device_signal(isOver) }
        return device_wait(isOver, seconds) ? .success : .timedOut
    }
}

extension DispatchWorkItem {
    /// Apple: perform()
    public func perform() { run() }
}
