import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?
    let tracker = ATInternet.sharedInstance.tracker("bgTaskTracker")
    var task = UIBackgroundTaskIdentifier.invalid

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        tracker.context.backgroundMode = BackgroundMode.task
        return true
    }

    func applicationDidEnterBackground(_ application: UIApplication) {
        self.task = UIApplication.shared.beginBackgroundTask {
            self.task = .invalid
        }
        DispatchQueue.global().async {
            // Do the work associated with the task
            self.tracker.gestures.add("task").sendDownload()
            UIApplication.shared.endBackgroundTask(self.task)
            self.task = .invalid
        }
    }
}
