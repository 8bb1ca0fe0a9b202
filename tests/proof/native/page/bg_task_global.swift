import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?
    var task = UIBackgroundTaskIdentifier.invalid

    func applicationDidEnterBackground(_ application: UIApplication) {
        let tracker = ATInternet.sharedInstance.defaultTracker
        tracker.context.backgroundMode = BackgroundMode.task
        self.task = UIApplication.shared.beginBackgroundTask {
            tracker.context.backgroundMode = BackgroundMode.normal
            self.task = .invalid
        }
        DispatchQueue.global().async {
            // Do the work associated with the task
            tracker.gestures.add("task").sendDownload()
            tracker.context.backgroundMode = BackgroundMode.normal
            UIApplication.shared.endBackgroundTask(self.task)
            self.task = .invalid
        }
    }
}
