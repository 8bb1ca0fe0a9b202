import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?

    func applicationDidEnterBackground(application: UIApplication) {
        let task = TrackedTask(named: "bg_task_global")
        DispatchQueue.global().async {
            // Do the work associated with the task.
            DispatchQueue.main.async {
                let tracker = ATInternet.sharedInstance.defaultTracker
                // Nothing may come between these lines: the mode marks every hit of this tracker.
                tracker.context.backgroundMode = .task
                tracker.gestures.add("task").sendDownload()
                tracker.context.backgroundMode = .normal
                // The hit leaves on the SDK's own queue: give it time.
                DispatchQueue.main.asyncAfter(deadline: .now() + 5) {
                    task.end()
                }
            }
        }
    }
}

// A background task that ends once:
// when its owner says so, or when the system says that time is up.
@MainActor
private final class TrackedTask {
    private var identifier = UIBackgroundTaskIdentifier.invalid

    init(named name: String) {
        identifier = UIApplication.shared.beginBackgroundTask(withName: name) { self.end() }
    }

    func end() {
        guard identifier != .invalid else { return }
        UIApplication.shared.endBackgroundTask(identifier)
        identifier = .invalid
    }
}
