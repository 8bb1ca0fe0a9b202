// The application and its delegate, which the virtual device calls.
@_exported import VirtualFoundation
import VirtualDevice

/// Apple: UIResponder. No NSObject here: a method of the main actor could not override the nonisolated `init` of one that is
/// written in Swift; and `required`, so that `main()` below can make the app's delegate.
@MainActor @preconcurrency
open class UIResponder: Hosted {
    public required init() {}
}

/// Apple: UIBackgroundTaskIdentifier
public struct UIBackgroundTaskIdentifier: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// Apple: invalid
    public static let invalid = UIBackgroundTaskIdentifier(rawValue: 0)
}

/// Apple: UIBackgroundRefreshStatus
public enum UIBackgroundRefreshStatus: Int, Sendable { case restricted, denied, available }

/// Apple: UIBackgroundFetchResult
public enum UIBackgroundFetchResult: UInt, Sendable { case newData, noData, failed }

/// Apple: UIApplication
@MainActor @preconcurrency
open class UIApplication: UIResponder {
    /// Apple: shared
    public class var shared: UIApplication { instance }
    private static let instance = UIApplication()

    /// Apple: delegate
    public weak var delegate: (any UIApplicationDelegate)?

    /// Apple: UIApplication.LaunchOptionsKey
    public struct LaunchOptionsKey: RawRepresentable, Hashable, Sendable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Apple: remoteNotification
        public static let remoteNotification = LaunchOptionsKey(rawValue: "UIApplicationLaunchOptionsRemoteNotificationKey")
    }

    /// Apple: UIApplication.State
    public enum State: Int, Sendable { case active, inactive, background }
    /// Apple: applicationState
    public var applicationState: State {
        device_in_background() ? .background : device_is_inactive() ? .inactive : .active
    }

    /// Apple: didEnterBackgroundNotification
    public nonisolated static let didEnterBackgroundNotification =
        NSNotification.Name("UIApplicationDidEnterBackgroundNotification")
    /// Apple: didBecomeActiveNotification
    public nonisolated static let didBecomeActiveNotification =
        NSNotification.Name("UIApplicationDidBecomeActiveNotification")
    /// Apple: willResignActiveNotification
    public nonisolated static let willResignActiveNotification = NSNotification.Name("UIApplicationWillResignActiveNotification")
    /// Apple: willEnterForegroundNotification
    public nonisolated static let willEnterForegroundNotification =
        NSNotification.Name("UIApplicationWillEnterForegroundNotification")

    /// Apple: backgroundFetchIntervalMinimum
    public nonisolated class var backgroundFetchIntervalMinimum: TimeInterval { 0 }
    /// Apple: backgroundFetchIntervalNever
    public nonisolated class var backgroundFetchIntervalNever: TimeInterval { .greatestFiniteMagnitude }

    /// Apple: setMinimumBackgroundFetchInterval(_:), whose deprecation an app for iOS 13 and later cannot but see.
    @available(*, deprecated, message: "Use a BGAppRefreshTask in the BackgroundTasks framework instead")
    public func setMinimumBackgroundFetchInterval(_ minimumBackgroundFetchInterval: TimeInterval) {
        device_fetch_interval(minimumBackgroundFetchInterval)
    }

    /// Apple: registerForRemoteNotifications()
    public func registerForRemoteNotifications() { device_wants_pushes() }

    /// Apple: backgroundRefreshStatus
    public var backgroundRefreshStatus: UIBackgroundRefreshStatus { .available }
    /// Apple: backgroundTimeRemaining
    public var backgroundTimeRemaining: TimeInterval { device_in_background() ? 30 : .greatestFiniteMagnitude }

    /// Apple: beginBackgroundTask(expirationHandler:)
    public func beginBackgroundTask(
        expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier {
        beginBackgroundTask(withName: nil, expirationHandler: handler)
    }

    /// Apple: beginBackgroundTask(withName:expirationHandler:)
    public func beginBackgroundTask(
        withName taskName: String?, expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier {
        UIBackgroundTaskIdentifier(
            rawValue: device_begin_task(taskName, device_block { MainActor.assumeIsolated { handler?() } }))
    }

    /// Apple: endBackgroundTask(_:)
    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) {
        device_end_task(identifier.rawValue)
    }
}

/// Apple: UIApplicationDelegate
@MainActor @preconcurrency
public protocol UIApplicationDelegate: AnyObject {
    /// Apple: window
    var window: UIWindow? { get set }
    /// Apple: application(_:didFinishLaunchingWithOptions:)
    func application(
        _ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool
    /// Apple: application(_:performFetchWithCompletionHandler:)
    @available(*, deprecated, message: "Use a BGAppRefreshTask in the BackgroundTasks framework instead")
    @preconcurrency
    func application(
        _ application: UIApplication,
        performFetchWithCompletionHandler completionHandler: @escaping @Sendable (UIBackgroundFetchResult) -> Void)
    /// Apple: application(_:didReceiveRemoteNotification:fetchCompletionHandler:)
    @preconcurrency
    func application(
        _ application: UIApplication, didReceiveRemoteNotification userInfo: [AnyHashable: Any],
        fetchCompletionHandler completionHandler: @escaping @Sendable (UIBackgroundFetchResult) -> Void)
    /// Apple: application(_:didReceiveRemoteNotification:), the same method where it is async.
    func application(
        _ application: UIApplication, didReceiveRemoteNotification userInfo: sending [AnyHashable: Any]
    ) async -> UIBackgroundFetchResult
    /// Apple: applicationDidEnterBackground(_:)
    func applicationDidEnterBackground(_ application: UIApplication)
    /// Apple: applicationWillResignActive(_:)
    func applicationWillResignActive(_ application: UIApplication)
    /// Apple: applicationWillEnterForeground(_:)
    func applicationWillEnterForeground(_ application: UIApplication)
    /// Apple: applicationDidBecomeActive(_:)
    func applicationDidBecomeActive(_ application: UIApplication)
}

// On a device the requirements are optional: what the delegate lacks is not called. Here the default says so.
extension UIApplicationDelegate {
    public var window: UIWindow? {
        get { nil }
        set {}
    }
    public func application(
        _ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        device_missing("application:didFinishLaunchingWithOptions:")
        return true
    }
    @preconcurrency
    public func application(
        _ application: UIApplication,
        performFetchWithCompletionHandler completionHandler: @escaping @Sendable (UIBackgroundFetchResult) -> Void
    ) {
        device_missing("application:performFetchWithCompletionHandler:")
    }
    @preconcurrency
    public func application(
        _ application: UIApplication, didReceiveRemoteNotification userInfo: [AnyHashable: Any],
        fetchCompletionHandler completionHandler: @escaping @Sendable (UIBackgroundFetchResult) -> Void
    ) {
        nonisolated(unsafe) let info = userInfo
        Task.immediate { completionHandler(await self.application(application, didReceiveRemoteNotification: info)) }
    }
    public func application(
        _ application: UIApplication, didReceiveRemoteNotification userInfo: sending [AnyHashable: Any]
    ) async -> UIBackgroundFetchResult {
        device_missing("application:didReceiveRemoteNotification:fetchCompletionHandler:")
        return .failed
    }
    public func applicationDidEnterBackground(_ application: UIApplication) {
        device_missing("applicationDidEnterBackground:")
    }
    public func applicationWillResignActive(_ application: UIApplication) {}
    public func applicationWillEnterForeground(_ application: UIApplication) {}
    public func applicationDidBecomeActive(_ application: UIApplication) {}

    /// Apple: main()
    public static func main() { playApp(hosted(Self.self)) }
}

/// Plays the app of a delegate's class, which `main()` or SwiftUI makes.
@MainActor
public func playApp(_ delegate: any Hosted.Type) {
    App.make = { delegate.init() as! any UIApplicationDelegate }
    _ = device_main(
        device_app(
            launch: { MainActor.assumeIsolated { App.launch() } },
            enter_background: { scenes in MainActor.assumeIsolated { App.enterBackground(scenes) } },
            enter_foreground: { scenes in MainActor.assumeIsolated { App.enterForeground(scenes) } },
            fetch: { call in MainActor.assumeIsolated { App.fetch(call) } },
            push: { call in MainActor.assumeIsolated { App.push(call) } },
            handle: nil
        ))
}

/// The app whose delegate the device calls.
@MainActor
private enum App {
    static var make: () -> any UIApplicationDelegate = { fatalError("no delegate") }
    static var delegate: (any UIApplicationDelegate)!
    static var scene: UIWindowScene?

    static func launch() {
        device_at_end { MainActor.assumeIsolated { (App.delegate, App.scene) = (nil, nil) } }
        delegate = make()
        device_has_delegate()
        UIApplication.shared.delegate = delegate
        let options: [UIApplication.LaunchOptionsKey: Any]? = device_in_background() ? [.remoteNotification: notification(1)] : nil
        if !delegate.application(.shared, didFinishLaunchingWithOptions: options) { device_declined() }
        if !device_in_background() {
            connectScene()
            becomeActive()
        }
    }

    // The app's own class, which Info.plist names, of the one scene that is not another's.
    private static func connectScene() {
        guard device_has_scenes(), scene == nil else { return }
        scene = UIWindowScene()
        let type = _typeByName("3App13SceneDelegateC") as? any Hosted.Type
        scene?.delegate = type?.init() as? any UISceneDelegate
        scene?.delegate?.scene(scene!, willConnectTo: UISceneSession(), options: UIScene.ConnectionOptions())
    }

    private static func becomeActive() {
        if !device_has_scenes() { delegate.applicationDidBecomeActive(.shared) }
        scene?.delegate?.sceneDidBecomeActive(scene!)
        NotificationCenter.default.post(name: UIApplication.didBecomeActiveNotification, object: UIApplication.shared)
    }

    /// Every second push shows something, too, and says something of the app's own.
    private static func notification(_ call: Int32) -> [AnyHashable: Any] {
        call % 2 == 1
            ? ["aps": ["content-available": 1]] : ["aps": ["content-available": 1, "alert": "News"] as [String: Any], "id": "7"]
    }

    static func fetch(_ call: Int32) {
        delegate.application(.shared) { result in device_complete(call, device_result(UInt32(result.rawValue))) }
    }

    static func push(_ call: Int32) {
        delegate.application(
            .shared, didReceiveRemoteNotification: notification(call),
            fetchCompletionHandler: { result in device_complete(call, device_result(UInt32(result.rawValue))) })
    }

    // With scenes the delegate hears nothing of it (Apple, applicationDidEnterBackground(_:)).
    static func enterBackground(_ scenes: Bool) {
        if !scenes { delegate.applicationWillResignActive(.shared) }
        scene?.delegate?.sceneWillResignActive(scene!)
        NotificationCenter.default.post(name: UIApplication.willResignActiveNotification, object: UIApplication.shared)
        if !scenes { delegate.applicationDidEnterBackground(.shared) }
        scene?.delegate?.sceneDidEnterBackground(scene!)
        NotificationCenter.default.post(name: UIApplication.didEnterBackgroundNotification, object: UIApplication.shared)
    }

    static func enterForeground(_ scenes: Bool) {
        connectScene()
        if !scenes { delegate.applicationWillEnterForeground(.shared) }
        scene?.delegate?.sceneWillEnterForeground(scene!)
        NotificationCenter.default.post(name: UIApplication.willEnterForegroundNotification, object: UIApplication.shared)
        becomeActive()
    }
}
