import BackgroundTasks
import Tracker
import UIKit

class AppDelegate: NSObject, UIApplicationDelegate {
    var window: UIWindow?

    func application(_ application: UIApplication, didFinishLaunchingWithOptions o: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: "app_refresh_global", using: DispatchQueue.main) { task in
            guard let task = task as? BGAppRefreshTask else { return task.setTaskCompleted(success: false) }
            self.handle(task)
        }
        NotificationCenter.default.addObserver(
            forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: nil
        ) { _ in self.schedule(after: nil) }
        return true
    }

    func schedule(after delay: TimeInterval?) {
        let request = BGAppRefreshTaskRequest(identifier: "app_refresh_global")
        request.earliestBeginDate = delay.map { Date(timeIntervalSinceNow: $0) }
        try? BGTaskScheduler.shared.submit(request)
    }

    func handle(_ task: BGAppRefreshTask) {
        schedule(after: 30 * 60)
        var isOver = false
        task.expirationHandler = {
            guard !isOver else { return }
            isOver = true
            task.setTaskCompleted(success: false)
        }
        DispatchQueue.main.async {
            if isOver { return }
            let tracker = ATInternet.sharedInstance.defaultTracker
            tracker.context.backgroundMode = .fetch
            tracker.gestures.add("fetch").sendDownload()
            tracker.context.backgroundMode = .normal
            DispatchQueue.main.asyncAfter(deadline: .now() + 5) {
                guard !isOver else { return }
                isOver = true
                task.setTaskCompleted(success: true)
            }
        }
    }
}
