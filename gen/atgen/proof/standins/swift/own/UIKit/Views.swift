// What else an app's first files name of its windows and its device; nothing is drawn.
extension UIView {
    /// Apple: addSubview(_:)
    public func addSubview(_ view: UIView) {}
    /// Apple: setAnimationsEnabled(_:)
    public class func setAnimationsEnabled(_ enabled: Bool) {}
    /// Apple: endEditing(_:)
    @discardableResult
    public func endEditing(_ force: Bool) -> Bool { true }
}

extension UIColor {
    /// Apple: white, black, red, systemBackground
    public class var white: UIColor { UIColor() }
    public class var black: UIColor { UIColor() }
    public class var red: UIColor { UIColor() }
    public class var systemBackground: UIColor { UIColor() }
}

/// Apple: UINavigationController
@MainActor @preconcurrency
open class UINavigationController: UIViewController {
    /// Apple: viewControllers
    open var viewControllers: [UIViewController] = []
    public required init() {}
    /// Apple: init(rootViewController:)
    public init(rootViewController: UIViewController) { viewControllers = [rootViewController] }
}

/// Apple: UITabBarController
@MainActor @preconcurrency
open class UITabBarController: UIViewController {
    /// Apple: viewControllers
    open var viewControllers: [UIViewController]?
    /// Apple: selectedIndex
    open var selectedIndex = 0
}

/// Apple: UINavigationBar
@MainActor @preconcurrency
open class UINavigationBar: UIView {
    /// Apple: appearance()
    public class func appearance() -> UINavigationBar { UINavigationBar() }
    /// Apple: barTintColor
    open var barTintColor: UIColor?
}

/// Apple: UIStoryboard, each of whose view controllers is a plain one here.
@MainActor @preconcurrency
open class UIStoryboard: NSObject {
    /// Apple: init(name:bundle:)
    public init(name: String, bundle storyboardBundleOrNil: Bundle?) {}
    /// Apple: instantiateInitialViewController()
    public func instantiateInitialViewController() -> UIViewController? { UIViewController() }
    /// Apple: instantiateViewController(withIdentifier:)
    public func instantiateViewController(withIdentifier identifier: String) -> UIViewController { UIViewController() }
}

/// Apple: UIDevice
@MainActor @preconcurrency
open class UIDevice: NSObject {
    /// Apple: current
    public class var current: UIDevice { UIDevice() }
    /// Apple: name
    public var name: String { "iPhone" }
    /// Apple: model
    public var model: String { "iPhone" }
    /// Apple: systemName
    public var systemName: String { "iOS" }
    /// Apple: systemVersion
    public var systemVersion: String { "18.0" }
    /// Apple: identifierForVendor
    public var identifierForVendor: UUID? { UUID(uuidString: "4B1D0000-0000-4000-8000-000000000000") }
    /// Apple: isBatteryMonitoringEnabled
    public var isBatteryMonitoringEnabled: Bool { get { false } set {} }
    /// Apple: batteryLevel
    public var batteryLevel: Float { -1 }
}

extension UIApplication {
    /// Apple: willTerminateNotification, which is never posted here.
    public nonisolated static let willTerminateNotification = NSNotification.Name("UIApplicationWillTerminateNotification")
    /// Apple: didReceiveMemoryWarningNotification, which is never posted here.
    public nonisolated static let didReceiveMemoryWarningNotification =
        NSNotification.Name("UIApplicationDidReceiveMemoryWarningNotification")

    /// Apple: applicationIconBadgeNumber
    public var applicationIconBadgeNumber: Int { get { 0 } set {} }
    /// Apple: isIdleTimerDisabled
    public var isIdleTimerDisabled: Bool { get { false } set {} }
    /// Apple: isRegisteredForRemoteNotifications
    public var isRegisteredForRemoteNotifications: Bool { true }
    /// Apple: isProtectedDataAvailable
    public var isProtectedDataAvailable: Bool { true }
    /// Apple: connectedScenes, of which an app in the background need have none.
    public var connectedScenes: Set<UIScene> { [] }
}

extension UIApplication.LaunchOptionsKey {
    /// Apple: url
    public static let url = UIApplication.LaunchOptionsKey(rawValue: "UIApplicationLaunchOptionsURLKey")
    /// Apple: location
    public static let location = UIApplication.LaunchOptionsKey(rawValue: "UIApplicationLaunchOptionsLocationKey")
}

extension UIScene: Hashable {
    public nonisolated static func == (one: UIScene, other: UIScene) -> Bool { one === other }
    public nonisolated func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension UISceneSession {
    /// Apple: UISceneSession.Role
    public struct Role: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Apple: windowApplication
        public static let windowApplication = Role(rawValue: "UIWindowSceneSessionRoleApplication")
    }
    /// Apple: role
    public var role: Role { .windowApplication }
}

/// Apple: UISceneConfiguration, which the system has of Info.plist here.
@MainActor @preconcurrency
open class UISceneConfiguration: NSObject {
    /// Apple: delegateClass
    public var delegateClass: AnyClass?
    /// Apple: init(name:sessionRole:)
    public init(name: String?, sessionRole: UISceneSession.Role) {}
}
