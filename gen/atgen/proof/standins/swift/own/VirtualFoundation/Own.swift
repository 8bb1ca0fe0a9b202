// For code that atgen did not write, over the toolchain's or the system's own Foundation: what a module declares comes before what it
// re-exports, so here is what must not be the real one's.
import VirtualDevice

#if !canImport(Darwin)
// Of two that are re-exported neither comes first.
public typealias NSObject = ObjectiveC.NSObject
public typealias NSObjectProtocol = ObjectiveC.NSObjectProtocol

/// Apple: CFAbsoluteTimeGetCurrent()
public func CFAbsoluteTimeGetCurrent() -> Double { Date().timeIntervalSinceReferenceDate }
/// Apple: CACurrentMediaTime()
public func CACurrentMediaTime() -> Double { device_now() }
/// Apple: autoreleasepool(invoking:)
public func autoreleasepool<Result>(invoking body: () throws -> Result) rethrows -> Result { try body() }

/// Apple: Selector: here a method of whoever says `#selector`, which is not kept alive by it.
public struct Selector {
    let perform: (Any) -> Void

    public init(_ method: @escaping () -> (() -> Void)?) {
        perform = { _ in method()?() }
    }
    public init<Sender>(_ method: @escaping () -> ((Sender) -> Void)?) {
        perform = { sender in if let sender = sender as? Sender { method()?(sender) } }
    }
}

extension NSError {
    /// Any error as Objective-C has it.
    public static func of(_ error: any Error) -> NSError {
        error as? NSError ?? NSError(domain: error._domain, code: error._code, userInfo: [NSLocalizedDescriptionKey: error.localizedDescription])
    }
}

extension NotificationCenter {
    /// Apple: addObserver(_:selector:name:object:), which does not keep its observer alive.
    public func addObserver(
        _ observer: Any, selector aSelector: Selector, name aName: NSNotification.Name?, object anObject: Any?
    ) {
        add(aName, anObject, of: observer as AnyObject, isOfMain: true, aSelector.perform)
    }
}

extension Timer {
    /// Apple: scheduledTimer(timeInterval:target:selector:userInfo:repeats:)
    @discardableResult
    public class func scheduledTimer(
        timeInterval ti: TimeInterval, target aTarget: Any, selector aSelector: Selector, userInfo: Any?, repeats yesOrNo: Bool
    ) -> Timer {
        nonisolated(unsafe) let perform = aSelector.perform
        return scheduledTimer(withTimeInterval: ti, repeats: yesOrNo) { perform($0) }
    }
}
#endif

/// Apple: NSEC_PER_SEC, NSEC_PER_MSEC, USEC_PER_SEC
public let NSEC_PER_SEC: UInt64 = 1_000_000_000
public let NSEC_PER_MSEC: UInt64 = 1_000_000
public let USEC_PER_SEC: UInt64 = 1_000_000

extension ProcessInfo {
    /// Apple: arguments
    public var arguments: [String] { ["App"] }
    /// Apple: environment
    public var environment: [String: String] { [:] }
    /// Apple: isLowPowerModeEnabled
    public var isLowPowerModeEnabled: Bool { false }
    /// Apple: systemUptime
    public var systemUptime: TimeInterval { 1000 + device_now() }
}

/// Apple: Timer, on the main run loop.
open class Timer: NSObject, @unchecked Sendable {
    private let interval: TimeInterval
    private let repeats: Bool
    private let block: @Sendable (Timer) -> Void
    private var next: DispatchWorkItem?
    /// Apple: isValid
    public var isValid: Bool { next != nil }

    /// Apple: init(timeInterval:repeats:block:), which waits for a run loop.
    @preconcurrency
    public init(timeInterval interval: TimeInterval, repeats: Bool, block: @escaping @Sendable (Timer) -> Void) {
        self.interval = interval
        self.repeats = repeats
        self.block = block
    }

    /// Apple: scheduledTimer(withTimeInterval:repeats:block:), on the run loop of its thread: off the main one nobody runs that.
    @preconcurrency @discardableResult
    public class func scheduledTimer(
        withTimeInterval interval: TimeInterval, repeats: Bool, block: @escaping @Sendable (Timer) -> Void
    ) -> Timer {
        let timer = Timer(timeInterval: interval, repeats: repeats, block: block)
        if device_is_on_main() { timer.wait() }
        return timer
    }

    /// Apple: invalidate()
    public func invalidate() {
        next?.cancel()
        next = nil
    }

    func wait() {
        let item = DispatchWorkItem {
            if !self.repeats { self.next = nil }
            self.block(self)
            if self.isValid { self.wait() }
        }
        next = item
        DispatchQueue.main.asyncAfter(deadline: .now() + interval, execute: item)
    }
}

/// Apple: Thread
open class Thread: NSObject, @unchecked Sendable {
    /// Apple: isMainThread
    public class var isMainThread: Bool { device_is_on_main() }
    /// Apple: sleep(forTimeInterval:)
    public class func sleep(forTimeInterval ti: TimeInterval) { _ = device_wait(device_semaphore(0), ti) }
    /// Apple: sleep(until:)
    public class func sleep(until date: Date) { sleep(forTimeInterval: date.timeIntervalSinceNow) }
}

/// Apple: RunLoop, the main one, which has its timers' blocks run.
open class RunLoop: NSObject, @unchecked Sendable {
    /// Apple: RunLoop.Mode
    public enum Mode: Sendable { case `default`, common }
    /// Apple: main
    public class var main: RunLoop { mainLoop }
    private static let mainLoop = RunLoop()
    /// Apple: add(_:forMode:)
    public func add(_ timer: Timer, forMode mode: Mode) { timer.wait() }
}

/// Apple: UserDefaults, those of an app that was never run before; what is set is there until the run is over.
open class UserDefaults: NSObject, @unchecked Sendable {
    /// Apple: standard
    public class var standard: UserDefaults { shared }
    private static let shared = UserDefaults()
    private static let suites = Kept<[String: UserDefaults]>([:])
    private let values = Kept<[String: Any]>([:])
    private let registered = Kept<[String: Any]>([:])

    override init() {}

    /// Apple: init(suiteName:)
    public init?(suiteName suitename: String?) {}

    /// Apple: object(forKey:)
    public func object(forKey defaultName: String) -> Any? { values.value[defaultName] ?? registered.value[defaultName] }
    /// Apple: value(forKey:)
    public func value(forKey key: String) -> Any? { object(forKey: key) }
    /// Apple: string(forKey:)
    public func string(forKey defaultName: String) -> String? { object(forKey: defaultName) as? String ?? number(defaultName)?.stringValue }
    /// Apple: bool(forKey:)
    public func bool(forKey defaultName: String) -> Bool { number(defaultName)?.boolValue ?? false }
    /// Apple: integer(forKey:)
    public func integer(forKey defaultName: String) -> Int { number(defaultName)?.intValue ?? 0 }
    /// Apple: double(forKey:)
    public func double(forKey defaultName: String) -> Double { number(defaultName)?.doubleValue ?? 0 }
    /// Apple: data(forKey:)
    public func data(forKey defaultName: String) -> Data? { object(forKey: defaultName) as? Data }
    /// Apple: url(forKey:)
    public func url(forKey defaultName: String) -> URL? { object(forKey: defaultName) as? URL }
    /// Apple: array(forKey:)
    public func array(forKey defaultName: String) -> [Any]? { object(forKey: defaultName) as? [Any] }
    /// Apple: stringArray(forKey:)
    public func stringArray(forKey defaultName: String) -> [String]? { object(forKey: defaultName) as? [String] }
    /// Apple: dictionary(forKey:)
    public func dictionary(forKey defaultName: String) -> [String: Any]? { object(forKey: defaultName) as? [String: Any] }
    /// Apple: set(_:forKey:)
    public func set(_ value: Any?, forKey defaultName: String) { values.value[defaultName] = value }
    /// Apple: setValue(_:forKey:)
    public func setValue(_ value: Any?, forKey key: String) { set(value, forKey: key) }
    /// Apple: removeObject(forKey:)
    public func removeObject(forKey defaultName: String) { set(nil, forKey: defaultName) }
    /// Apple: register(defaults:)
    public func register(defaults registrationDictionary: [String: Any]) {
        registered.value.merge(registrationDictionary) { $1 }
    }
    /// Apple: synchronize()
    @discardableResult
    public func synchronize() -> Bool { true }

    private func number(_ key: String) -> NSNumber? { object(forKey: key) as? NSNumber }
}

/// What is forgotten when the run is over.
final class Kept<Value>: @unchecked Sendable {
    private let first: Value
    var value: Value {
        didSet {
            guard !isMarked else { return }
            isMarked = true
            toForget.append {
                self.value = self.first
                self.isMarked = false
            }
            if toForget.count == 1 { device_at_end { forget() } }
        }
    }
    private var isMarked = false

    init(_ first: Value) {
        self.first = first
        value = first
    }
}

nonisolated(unsafe) private var toForget: [() -> Void] = []

private func forget() {
    for each in toForget { each() }
    toForget = []
}
