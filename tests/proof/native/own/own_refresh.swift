import BackgroundTasks
import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    static let refresh = "com.example.shop.refresh"
    var window: UIWindow?
    private var waiter: HitWaiter!

    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        let tracker = ATInternet.sharedInstance.tracker("bgFetchTracker", configuration: ["site": "123456", "log": "logp", "logSSL": "logs", "storage": "required"])
        tracker.context.backgroundMode = .fetch
        waiter = HitWaiter(tracker, name: "fetch")
        BGTaskScheduler.shared.register(forTaskWithIdentifier: Self.refresh, using: .main) { task in
            self.handle(task as! BGAppRefreshTask)
        }
        schedule()
        return true
    }

    private func schedule() {
        let request = BGAppRefreshTaskRequest(identifier: Self.refresh)
        request.earliestBeginDate = Date(timeIntervalSinceNow: 3600)
        try? BGTaskScheduler.shared.submit(request)
    }

    private func handle(_ task: BGAppRefreshTask) {
        schedule()
        var open: BGAppRefreshTask? = task
        func complete(_ success: Bool) {
            open?.setTaskCompleted(success: success)
            open = nil
        }
        task.expirationHandler = { complete(false) }
        waiter.wait(seconds: 20) { complete(true) }
        waiter.tracker.gestures.add("fetch").sendDownload()
    }
}
