// What an app shows, and what it asks of the settings; all is allowed, and nothing is shown.

/// Apple: UNAuthorizationStatus
public enum UNAuthorizationStatus: Int, Sendable { case notDetermined, denied, authorized, provisional, ephemeral }

/// Apple: UNNotificationSettings
open class UNNotificationSettings: NSObject, @unchecked Sendable {
    /// Apple: authorizationStatus
    public var authorizationStatus: UNAuthorizationStatus { .authorized }
}

/// Apple: UNNotificationSound
open class UNNotificationSound: NSObject, @unchecked Sendable {
    /// Apple: default
    public class var `default`: UNNotificationSound { UNNotificationSound() }
}

/// Apple: UNNotificationContent
open class UNNotificationContent: NSObject, @unchecked Sendable {
    public internal(set) var userInfo: [AnyHashable: Any] = [:]
}

/// Apple: UNMutableNotificationContent
open class UNMutableNotificationContent: UNNotificationContent, @unchecked Sendable {
    public var title = ""
    public var subtitle = ""
    public var body = ""
    public var badge: NSNumber?
    public var sound: UNNotificationSound?
    public var categoryIdentifier = ""
    public var threadIdentifier = ""
    public override var userInfo: [AnyHashable: Any] {
        get { super.userInfo }
        set { super.userInfo = newValue }
    }
}

/// Apple: UNNotificationTrigger
open class UNNotificationTrigger: NSObject, @unchecked Sendable {}

/// Apple: UNTimeIntervalNotificationTrigger
open class UNTimeIntervalNotificationTrigger: UNNotificationTrigger, @unchecked Sendable {
    /// Apple: init(timeInterval:repeats:)
    public init(timeInterval: TimeInterval, repeats: Bool) {}
}

/// Apple: UNNotificationRequest
open class UNNotificationRequest: NSObject, @unchecked Sendable {
    public let identifier: String
    public let content: UNNotificationContent
    /// Apple: init(identifier:content:trigger:)
    public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) {
        self.identifier = identifier
        self.content = content
    }
}

/// Apple: UNNotificationActionOptions
public struct UNNotificationActionOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let authenticationRequired = UNNotificationActionOptions(rawValue: 1)
    public static let destructive = UNNotificationActionOptions(rawValue: 2)
    public static let foreground = UNNotificationActionOptions(rawValue: 4)
}

/// Apple: UNNotificationAction
open class UNNotificationAction: NSObject, @unchecked Sendable {
    /// Apple: init(identifier:title:options:)
    public init(identifier: String, title: String, options: UNNotificationActionOptions = []) {}
}

/// Apple: UNNotificationCategoryOptions
public struct UNNotificationCategoryOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let customDismissAction = UNNotificationCategoryOptions(rawValue: 1)
}

/// Apple: UNNotificationCategory
open class UNNotificationCategory: NSObject, @unchecked Sendable {
    /// Apple: init(identifier:actions:intentIdentifiers:options:)
    public init(
        identifier: String, actions: [UNNotificationAction], intentIdentifiers: [String], options: UNNotificationCategoryOptions = []
    ) {}
}

/// Apple: UNNotificationDefaultActionIdentifier, UNNotificationDismissActionIdentifier
public let UNNotificationDefaultActionIdentifier = "com.apple.UNNotificationDefaultActionIdentifier"
public let UNNotificationDismissActionIdentifier = "com.apple.UNNotificationDismissActionIdentifier"

extension UNNotification {
    /// Apple: request
    public var request: UNNotificationRequest { UNNotificationRequest(identifier: "", content: UNNotificationContent(), trigger: nil) }
}

extension UNNotificationResponse {
    /// Apple: notification
    public var notification: UNNotification { UNNotification() }
    /// Apple: actionIdentifier
    public var actionIdentifier: String { UNNotificationDefaultActionIdentifier }
}

extension UNUserNotificationCenter {
    /// Apple: getNotificationSettings(completionHandler:), whose handler may run on a background thread.
    @preconcurrency
    public func getNotificationSettings(completionHandler: @escaping @Sendable (UNNotificationSettings) -> Void) {
        DispatchQueue.global().async { completionHandler(UNNotificationSettings()) }
    }

    /// Apple: notificationSettings()
    public func notificationSettings() async -> UNNotificationSettings {
        await withCheckedContinuation { continuation in getNotificationSettings { continuation.resume(returning: $0) } }
    }

    /// Apple: add(_:withCompletionHandler:), whose handler may run on a background thread.
    @preconcurrency
    public func add(_ request: UNNotificationRequest, withCompletionHandler completionHandler: (@Sendable ((any Error)?) -> Void)? = nil) {
        if let completionHandler { DispatchQueue.global().async { completionHandler(nil) } }
    }

    /// Apple: add(_:)
    public func add(_ request: UNNotificationRequest) async throws {
        await withCheckedContinuation { continuation in add(request) { _ in continuation.resume() } }
    }

    /// Apple: setNotificationCategories(_:)
    public func setNotificationCategories(_ categories: Set<UNNotificationCategory>) {}
    /// Apple: removeAllDeliveredNotifications()
    public func removeAllDeliveredNotifications() {}
    /// Apple: removeAllPendingNotificationRequests()
    public func removeAllPendingNotificationRequests() {}
    /// Apple: removePendingNotificationRequests(withIdentifiers:)
    public func removePendingNotificationRequests(withIdentifiers identifiers: [String]) {}
}
