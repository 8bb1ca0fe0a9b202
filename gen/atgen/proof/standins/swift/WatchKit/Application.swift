// The watch app and its delegate, which the virtual device calls.
@_exported import VirtualFoundation
import VirtualDevice

/// Apple: WKApplicationState
public enum WKApplicationState: Int, Sendable { case active, inactive, background }

/// What the two have in common that follow.
@MainActor @preconcurrency
public class WatchApplication: NSObject {
    /// Apple: applicationState
    public var applicationState: WKApplicationState { device_in_background() ? .background : .active }

    /// Apple: scheduleBackgroundRefresh(withPreferredDate:userInfo:scheduledCompletion:), which does not say where the completion is called.
    @preconcurrency
    public func scheduleBackgroundRefresh(
        withPreferredDate preferredFireDate: Date, userInfo: (any NSSecureCoding & NSObjectProtocol)?,
        scheduledCompletion: @escaping ((any Error)?) -> Void
    ) {
        device_submit("", "refresh", preferredFireDate.timeIntervalSinceNow, false, false)
        device_completion(device_block { scheduledCompletion(nil) })
    }
}

/// Apple: WKApplication
@MainActor @preconcurrency
public class WKApplication: WatchApplication {
    /// Apple: shared()
    public class func shared() -> WKApplication { application }
    private static let application = WKApplication()
    /// Apple: delegate
    public internal(set) weak var delegate: (any WKApplicationDelegate)?
}

/// Apple: WKExtension
@MainActor @preconcurrency
public class WKExtension: WatchApplication {
    /// Apple: shared()
    public class func shared() -> WKExtension { app }
    private static let app = WKExtension()
    /// Apple: delegate
    public weak var delegate: (any WKExtensionDelegate)?
}

/// What the two delegates have in common that follow.
@MainActor @preconcurrency
public protocol WatchDelegate: NSObjectProtocol {
    /// Apple: applicationDidFinishLaunching()
    func applicationDidFinishLaunching()
    /// Apple: applicationDidEnterBackground()
    func applicationDidEnterBackground()
    /// Apple: applicationWillEnterForeground()
    func applicationWillEnterForeground()
    /// Apple: handle(_:)
    func handle(_ backgroundTasks: Set<WKRefreshBackgroundTask>)
}

/// Apple: WKApplicationDelegate
@MainActor @preconcurrency
public protocol WKApplicationDelegate: WatchDelegate {}

/// Apple: WKExtensionDelegate
@MainActor @preconcurrency
public protocol WKExtensionDelegate: WatchDelegate {}

// On a watch the requirements are optional: what the delegate lacks is not called. Here the default says so.
extension WatchDelegate {
    public func applicationDidFinishLaunching() { device_missing("applicationDidFinishLaunching") }
    public func applicationDidEnterBackground() { device_missing("applicationDidEnterBackground") }
    public func applicationWillEnterForeground() {}
    public func handle(_ backgroundTasks: Set<WKRefreshBackgroundTask>) { device_missing("handleBackgroundTasks:") }
}

/// Plays the app of a delegate that has no `main()`: on a watch SwiftUI makes it, or the system.
public func playWatchApp(_ make: @escaping @MainActor @Sendable () -> any WatchDelegate) {
    App.make = make
    _ = device_main(
        device_app(
            launch: { MainActor.assumeIsolated { App.launch() } },
            enter_background: { _ in MainActor.assumeIsolated { App.delegate.applicationDidEnterBackground() } },
            enter_foreground: { _ in MainActor.assumeIsolated { App.delegate.applicationWillEnterForeground() } },
            fetch: nil,
            push: nil,
            handle: { first, kinds, count in
                let tasks = (0..<count).map { WKRefreshBackgroundTask.made(kinds[Int($0)], first + $0) }
                MainActor.assumeIsolated { App.delegate.handle(set(inOrder: tasks)) }
            }
        ))
}

/// A set that is met in this order, by other hashes than the last ones if need be.
private func set(inOrder tasks: [WKRefreshBackgroundTask]) -> Set<WKRefreshBackgroundTask> {
    var set = Set(tasks)
    while Array(set) != tasks {
        for task in tasks { task.salt += 1 }
        set = Set(tasks)
    }
    return set
}

/// The app whose delegate the device calls.
@MainActor
private enum App {
    nonisolated(unsafe) static var make: @MainActor () -> any WatchDelegate = { fatalError("no delegate") }
    static var delegate: (any WatchDelegate)!

    static func launch() {
        device_at_end { MainActor.assumeIsolated { App.delegate = nil } }
        delegate = make()
        device_has_delegate()
        WKApplication.shared().delegate = delegate as? any WKApplicationDelegate
        WKExtension.shared().delegate = delegate as? any WKExtensionDelegate
        delegate.applicationDidFinishLaunching()
    }
}
