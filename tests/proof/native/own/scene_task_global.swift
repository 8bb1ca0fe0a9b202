import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        BackgroundTracking.shared.start()
        return true
    }
}

class SceneDelegate: UIResponder, UIWindowSceneDelegate {
    var window: UIWindow?

    func scene(_ scene: UIScene, willConnectTo session: UISceneSession, options connectionOptions: UIScene.ConnectionOptions) {
        guard let windowScene = scene as? UIWindowScene else { return }
        window = UIWindow(windowScene: windowScene)
        window?.rootViewController = UIViewController()
        window?.makeKeyAndVisible()
    }
}

@MainActor
class BackgroundTracking {
    static let shared = BackgroundTracking()
    private var isStarted = false

    func start() {
        NotificationCenter.default.addObserver(forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: nil) { [self] _ in
            MainActor.assumeIsolated { self.run() }
        }
    }

    private func run() {
        let time = BackgroundTime()
        DispatchQueue.main.async {
            guard time.isOpen else { return }
            let tracker = ATInternet.sharedInstance.defaultTracker
            tracker.context.backgroundMode = .task
            _ = tracker.gestures.add("task").sendDownload()
            tracker.context.backgroundMode = .normal
            DispatchQueue.main.asyncAfter(deadline: .now() + 5.0) { time.close() }
        }
    }
}

@MainActor
final class BackgroundTime {
    private var id: UIBackgroundTaskIdentifier?
    var isOpen: Bool { id != nil }

    init() {
        id = UIApplication.shared.beginBackgroundTask(withName: "hits", expirationHandler: close)
    }

    func close() {
        guard let id else { return }
        self.id = nil
        UIApplication.shared.endBackgroundTask(id)
    }
}
