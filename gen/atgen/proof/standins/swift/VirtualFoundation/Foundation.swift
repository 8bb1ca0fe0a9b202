// What UIKit and WatchKit re-export on a device of Foundation and Objective-C. Where there is a real Foundation, only that is ours
// in which an app's code and the virtual device meet.
//
// In these modules the comment of a declaration names the page of Apple's documentation that it mirrors. Annotations are those of
// today's SDK; like all that is imported from Objective-C they are @preconcurrency.
#if FOUNDATION
@_exported import Foundation
#endif
#if !canImport(Darwin)
@_exported import ObjectiveC
#endif
import VirtualDevice

/// What the stand-ins for an app's start can make an instance of: Objective-C would make one of any class by its name.
@MainActor
public protocol Hosted: AnyObject {
    init()
}

/// The class that an app's start makes: a host's own, which has the device's work in the place of the person's, or the app's.
public func hosted(_ delegate: Any.Type) -> any Hosted.Type {
    guard let type = (_typeByName("3App12HostDelegateC") ?? delegate) as? any Hosted.Type else {
        fatalError("\(delegate) cannot be made")
    }
    return type
}

#if !FOUNDATION
/// Apple: TimeInterval
public typealias TimeInterval = Double

/// Apple: Date
public struct Date: Hashable, Comparable, Sendable {
    private let seconds: TimeInterval

    /// Apple: init()
    public init() { self.init(timeIntervalSinceNow: 0) }
    /// Apple: init(timeIntervalSinceNow:)
    public init(timeIntervalSinceNow: TimeInterval) { seconds = device_now() + timeIntervalSinceNow }
    /// Apple: timeIntervalSinceNow
    public var timeIntervalSinceNow: TimeInterval { seconds - device_now() }
    /// Apple: addingTimeInterval(_:)
    public func addingTimeInterval(_ timeInterval: TimeInterval) -> Date {
        Date(timeIntervalSinceNow: timeIntervalSinceNow + timeInterval)
    }
    /// Apple: timeIntervalSince(_:)
    public func timeIntervalSince(_ date: Date) -> TimeInterval { seconds - date.seconds }
    /// Apple: <(_:_:)
    public static func < (one: Date, other: Date) -> Bool { one.seconds < other.seconds }
    /// Apple: +(_:_:)
    public static func + (date: Date, interval: TimeInterval) -> Date { date.addingTimeInterval(interval) }
    /// Apple: -(_:_:)
    public static func - (date: Date, interval: TimeInterval) -> Date { date.addingTimeInterval(-interval) }
    /// Apple: distantFuture
    public static var distantFuture: Date { Date(timeIntervalSinceNow: 63_113_904_000) }
}

extension StringProtocol {
    /// Apple: components(separatedBy:)
    public func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }
}

/// Apple: URLQueryItem
public struct URLQueryItem: Hashable, Sendable {
    public var name: String
    public var value: String?
}

/// Apple: URLComponents, of which the query is read here.
public struct URLComponents: Sendable {
    /// Apple: queryItems, whose names and values are decoded.
    public let queryItems: [URLQueryItem]?

    /// Apple: init(string:)
    public init?(string: String) {
        guard let mark = string.firstIndex(of: "?") else {
            queryItems = nil
            return
        }
        let query = string[string.index(after: mark)...].prefix { $0 != "#" }
        queryItems = query.split(separator: "&", omittingEmptySubsequences: false).map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.decoded)
            return URLQueryItem(name: parts[0], value: parts.count > 1 ? parts[1] : nil)
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Apple: NSSecureCoding
public protocol NSSecureCoding {}

/// Apple: UserDefaults, which here keep nothing.
open class UserDefaults: NSObject, @unchecked Sendable {
    /// Apple: standard
    public class var standard: UserDefaults { shared }
    private static let shared = UserDefaults()

    /// Apple: string(forKey:)
    public func string(forKey defaultName: String) -> String? { nil }
    /// Apple: object(forKey:)
    public func object(forKey defaultName: String) -> Any? { nil }
    /// Apple: bool(forKey:)
    public func bool(forKey defaultName: String) -> Bool { false }
    /// Apple: integer(forKey:)
    public func integer(forKey defaultName: String) -> Int { 0 }
    /// Apple: removeObject(forKey:)
    public func removeObject(forKey defaultName: String) {}
    /// Apple: set(_:forKey:)
    public func set(_ value: Any?, forKey defaultName: String) {}
}

/// Apple: NSNotification
open class NSNotification: NSObject {
    /// Apple: NSNotification.Name
    public struct Name: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(_ rawValue: String) { self.rawValue = rawValue }
    }
}

/// Apple: Notification, which is not Sendable.
public struct Notification {
    /// Apple: Notification.Name
    public typealias Name = NSNotification.Name
    public var name: Name
    public var object: Any?
    public var userInfo: [AnyHashable: Any]?

    /// Apple: init(name:object:userInfo:)
    public init(name: Name, object: Any? = nil, userInfo: [AnyHashable: Any]? = nil) {
        self.name = name
        self.object = object
        self.userInfo = userInfo
    }
}
#endif

/// Apple: NSLog(_:_:); nobody reads a host's log.
public func NSLog(_ format: String, _ args: Any...) {}

/// Apple: NotificationCenter. The device posts on the main thread only, where an operation of the main queue runs at once too;
/// who posts waits for one of another queue (CFNotificationCenter).
open class NotificationCenter: NSObject, @unchecked Sendable {
    /// Apple: default
    public class var `default`: NotificationCenter { center }
    private static let center = NotificationCenter()
    private var observers: [Observer] = []

    private final class Observer: NSObject {
        let name: NSNotification.Name?
        let object: AnyObject?
        let isOfMain: Bool
        let block: (Notification) -> Void
        /// Whose method it is.
        weak var owner: AnyObject?

        init(
            _ name: NSNotification.Name?, _ object: AnyObject?, isOfMain: Bool,
            _ block: @escaping (Notification) -> Void
        ) {
            self.name = name
            self.object = object
            self.isOfMain = isOfMain
            self.block = block
        }

        func hear(_ notification: Notification) {
            if isOfMain {
                block(notification)
            } else {
                device_beside(device_block { self.block(notification) })
            }
        }
    }

    /// Apple: addObserver(forName:object:queue:using:), whose result may be discarded like that of all that is imported.
    @preconcurrency @discardableResult
    public func addObserver(
        forName name: NSNotification.Name?, object obj: Any?, queue: OperationQueue?,
        using block: @escaping @Sendable (Notification) -> Void
    ) -> any NSObjectProtocol {
        add(name, obj, of: nil, isOfMain: queue == nil || queue === OperationQueue.main, block)
    }

    @discardableResult
    func add(
        _ name: NSNotification.Name?, _ object: Any?, of owner: AnyObject?, isOfMain: Bool, _ block: @escaping (Notification) -> Void
    ) -> NSObject {
        if observers.isEmpty { device_at_end { NotificationCenter.default.observers = [] } }
        let observer = Observer(name, object.flatMap { $0 as? AnyObject }, isOfMain: isOfMain, block)
        observer.owner = owner
        observers.append(observer)
        return observer
    }

    /// Apple: removeObserver(_:)
    public func removeObserver(_ observer: Any) {
        observers.removeAll { $0 === observer as? AnyObject || $0.owner === observer as? AnyObject }
    }

    /// Apple: removeObserver(_:name:object:)
    public func removeObserver(_ observer: Any, name aName: NSNotification.Name?, object anObject: Any?) {
        observers.removeAll { $0.owner === observer as? AnyObject && ($0.name ?? aName) == (aName ?? $0.name) }
    }

    /// Apple: post(name:object:), post(name:object:userInfo:)
    public func post(name aName: NSNotification.Name, object anObject: Any?, userInfo aUserInfo: [AnyHashable: Any]? = nil) {
        let object = anObject.flatMap { $0 as? AnyObject }
        for observer in observers where observer.name ?? aName == aName && (observer.object ?? object) === object {
            observer.hear(Notification(name: aName, object: anObject, userInfo: aUserInfo))
        }
    }
}

/// Apple: ProcessInfo
open class ProcessInfo: NSObject, @unchecked Sendable {
    /// Apple: processInfo
    public class var processInfo: ProcessInfo { shared }
    private static let shared = ProcessInfo()

    /// Apple: performExpiringActivity(withReason:using:)
    @preconcurrency
    public func performExpiringActivity(withReason reason: String, using block: @escaping @Sendable (Bool) -> Void) {
        device_activity(reason, device_function { block($0 != 0) })
    }
}
