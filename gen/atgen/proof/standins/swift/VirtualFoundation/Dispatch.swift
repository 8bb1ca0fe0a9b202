// Dispatch over the virtual device of device.h.
import VirtualDevice

/// Apple: DispatchQoS
public struct DispatchQoS: Equatable, Sendable {
    /// Apple: DispatchQoS.QoSClass
    public enum QoSClass: Sendable { case background, utility, `default`, userInitiated, userInteractive, unspecified }
    public let qosClass: QoSClass
    public static let background = DispatchQoS(qosClass: .background)
    public static let utility = DispatchQoS(qosClass: .utility)
    public static let `default` = DispatchQoS(qosClass: .default)
    public static let userInitiated = DispatchQoS(qosClass: .userInitiated)
    public static let userInteractive = DispatchQoS(qosClass: .userInteractive)
    public static let unspecified = DispatchQoS(qosClass: .unspecified)
}

/// Apple: DispatchTime
public struct DispatchTime: Sendable {
    let seconds: Double

    /// Apple: DispatchTime.now()
    public static func now() -> DispatchTime { DispatchTime(seconds: device_now()) }
    /// Apple: +(_:_:)
    public static func + (time: DispatchTime, seconds: Double) -> DispatchTime { DispatchTime(seconds: time.seconds + seconds) }
    /// Apple: +(_:_:)
    public static func + (time: DispatchTime, interval: DispatchTimeInterval) -> DispatchTime { time + interval.inSeconds }
}

/// Apple: DispatchTimeInterval
public enum DispatchTimeInterval: Equatable, Sendable {
    case seconds(Int), milliseconds(Int), microseconds(Int), nanoseconds(Int), never

    var inSeconds: Double {
        switch self {
        case .seconds(let count): Double(count)
        case .milliseconds(let count): Double(count) / 1e3
        case .microseconds(let count): Double(count) / 1e6
        case .nanoseconds(let count): Double(count) / 1e9
        case .never: .infinity
        }
    }
}

/// Apple: DispatchWorkItemFlags, none of which changes what runs where.
public struct DispatchWorkItemFlags: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let barrier = DispatchWorkItemFlags(rawValue: 1)
}

/// Apple: DispatchWorkItem
public class DispatchWorkItem: @unchecked Sendable {
    let block: () -> Void
    /// That of the block while its timer waits.
    var context: UnsafeMutableRawPointer?

    /// Apple: init(qos:flags:block:)
    public init(qos: DispatchQoS = .unspecified, flags: DispatchWorkItemFlags = [], block: @escaping () -> Void) {
        self.block = block
    }

    /// Apple: isCancelled
    public private(set) var isCancelled = false

    /// Apple: cancel()
    public func cancel() {
        isCancelled = true
        if let context { device_cancel(context) }
        context = nil
    }

    func run() {
        context = nil
        if !isCancelled { block() }
    }
}

/// Apple: DispatchQueue
public class DispatchQueue: @unchecked Sendable {
    let number: Int32

    init(number: Int32) {
        self.number = number
    }

    /// Apple: DispatchQueue.Attributes
    public struct Attributes: OptionSet, Sendable {
        public let rawValue: UInt64
        public init(rawValue: UInt64) { self.rawValue = rawValue }
        public static let concurrent = Attributes(rawValue: 1)
    }

    /// Apple: main
    public class var main: DispatchQueue { mainQueue }
    private static let mainQueue = DispatchQueue(number: Int32(DEVICE_MAIN))

    /// Apple: global(qos:)
    public class func global(qos: DispatchQoS.QoSClass = .default) -> DispatchQueue { globalQueue }
    private static let globalQueue = DispatchQueue(number: Int32(DEVICE_GLOBAL))

    /// Apple: init(label:qos:attributes:autoreleaseFrequency:target:)
    public convenience init(label: String, qos: DispatchQoS = .unspecified, attributes: Attributes = []) {
        self.init(number: device_queue(attributes.contains(.concurrent)))
    }

    /// Apple: async(group:qos:flags:execute:)
    @preconcurrency
    public func async(qos: DispatchQoS = .unspecified, execute work: @escaping @Sendable () -> Void) {
        device_async(number, device_block(work))
    }

    /// Apple: asyncAfter(deadline:qos:flags:execute:)
    @preconcurrency
    public func asyncAfter(
        deadline: DispatchTime, qos: DispatchQoS = .unspecified, execute work: @escaping @Sendable () -> Void
    ) {
        device_after(deadline.seconds - device_now(), number, device_block(work))
    }
}

extension DispatchQueue {
    /// Apple: async(execute:)
    public func async(execute workItem: DispatchWorkItem) { device_async(number, device_block(workItem.run)) }

    /// Apple: asyncAfter(deadline:execute:)
    public func asyncAfter(deadline: DispatchTime, execute: DispatchWorkItem) {
        let block = device_block(execute.run)
        execute.context = block.context
        device_after(deadline.seconds - device_now(), number, block)
    }
}

/// Apple: DispatchGroup
public class DispatchGroup: @unchecked Sendable {
    private var inside = 0
    private var waiting: [() -> Void] = []

    /// Apple: init()
    public init() {}

    /// Apple: enter()
    public func enter() { inside += 1 }

    /// Apple: leave(), once for each time that something entered.
    public func leave() {
        precondition(inside > 0, "Unbalanced call to dispatch_group_leave()")
        inside -= 1
        tell()
    }

    /// Apple: notify(qos:flags:queue:execute:)
    @preconcurrency
    public func notify(queue: DispatchQueue, execute work: @escaping @Sendable () -> Void) {
        whenEmpty { queue.async(execute: work) }
    }

    func whenEmpty(_ tell: @escaping () -> Void) {
        waiting.append(tell)
        self.tell()
    }

    private func tell() {
        guard inside == 0 else { return }
        let told = waiting
        waiting = []
        for tell in told { tell() }
    }
}

/// Apple: DispatchTimeoutResult
public enum DispatchTimeoutResult: Sendable { case success, timedOut }

/// Apple: DispatchSemaphore
public class DispatchSemaphore: @unchecked Sendable {
    private let number: Int32

    /// Apple: init(value:)
    public init(value: Int) {
        number = device_semaphore(value)
    }

    /// Apple: signal(), whose result says whether a thread was woken: here always 0.
    @discardableResult
    public func signal() -> Int {
        device_signal(number)
        return 0
    }

    /// Apple: wait()
    @available(*, noasync)
    public func wait() { _ = device_wait(number, .infinity) }

    /// Apple: wait(timeout:)
    @available(*, noasync)
    public func wait(timeout: DispatchTime) -> DispatchTimeoutResult {
        device_wait(number, timeout.seconds - device_now()) ? .success : .timedOut
    }
}
