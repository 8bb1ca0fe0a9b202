import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {}

class SceneDelegate: UIResponder, UIWindowSceneDelegate {
    var window: UIWindow?

    func scene(_ scene: UIScene, willConnectTo session: UISceneSession, options connectionOptions: UIScene.ConnectionOptions) {
        guard let windowScene = scene as? UIWindowScene else { return }
        window = UIWindow(windowScene: windowScene)
        window?.makeKeyAndVisible()
    }

    func sceneDidEnterBackground(_ scene: UIScene) {
        var id = UIBackgroundTaskIdentifier.invalid
        let end = {
            if id != .invalid { UIApplication.shared.endBackgroundTask(id) }
            id = .invalid
        }
        id = UIApplication.shared.beginBackgroundTask(withName: "task", expirationHandler: end)
        guard id != .invalid else { return }
        Hits.shared.waiter.wait(seconds: 20, then: end)
        Hits.shared.waiter.tracker.gestures.add("task").sendDownload()
    }
}

final class Hits {
    static var shared: Hits { hits ?? { let made = Hits(); hits = made; return made }() }
    private static var hits: Hits?
    let waiter: HitWaiter

    private init() {
        let tracker = ATInternet.sharedInstance.tracker("bgTaskTracker", configuration: ["site": "123456", "log": "logp", "logSSL": "logs", "storage": "required"])
        tracker.context.backgroundMode = .task
        waiter = HitWaiter(tracker, name: "task")
    }
}
