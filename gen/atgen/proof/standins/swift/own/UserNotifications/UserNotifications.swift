// What an app asks a person with for leave to show notifications; here nobody refuses, and none is shown.
@_exported import VirtualFoundation
import VirtualDevice

/// Apple: UNAuthorizationOptions
public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let badge = UNAuthorizationOptions(rawValue: 1)
    public static let sound = UNAuthorizationOptions(rawValue: 2)
    public static let alert = UNAuthorizationOptions(rawValue: 4)
}

/// Apple: UNNotification
open class UNNotification: NSObject {}

/// Apple: UNNotificationResponse
open class UNNotificationResponse: NSObject {}

/// Apple: UNNotificationPresentationOptions
public struct UNNotificationPresentationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let badge = UNNotificationPresentationOptions(rawValue: 1)
    public static let sound = UNNotificationPresentationOptions(rawValue: 2)
    public static let list = UNNotificationPresentationOptions(rawValue: 8)
    public static let banner = UNNotificationPresentationOptions(rawValue: 16)
}

/// Apple: UNUserNotificationCenterDelegate, whose methods nobody calls here. A UIResponder is no NSObject in these modules.
public protocol UNUserNotificationCenterDelegate: AnyObject {}

/// Apple: UNUserNotificationCenter
open class UNUserNotificationCenter: NSObject, @unchecked Sendable {
    private static let center = UNUserNotificationCenter()
    /// Apple: delegate
    public weak var delegate: (any UNUserNotificationCenterDelegate)?

    /// Apple: current()
    public class func current() -> UNUserNotificationCenter { center }

    /// Apple: requestAuthorization(options:completionHandler:), whose handler may run on a background thread.
    @preconcurrency
    public func requestAuthorization(
        options: UNAuthorizationOptions = [], completionHandler: @escaping @Sendable (Bool, (any Error)?) -> Void
    ) {
        DispatchQueue.global().async { completionHandler(true, nil) }
    }

    /// Apple: requestAuthorization(options:)
    public func requestAuthorization(options: UNAuthorizationOptions = []) async throws -> Bool {
        await withCheckedContinuation { continuation in
            requestAuthorization(options: options) { isGranted, _ in continuation.resume(returning: isGranted) }
        }
    }
}
