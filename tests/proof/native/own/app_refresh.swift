import BackgroundTasks
import Tracker
import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate {
    private var waiter: HitWaiter!

    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        let tracker = ATInternet.sharedInstance.tracker("bgFetchTracker", configuration: ["site": "123456", "log": "logp", "logSSL": "logs", "storage": "required"])
        tracker.context.backgroundMode = .fetch
        waiter = HitWaiter(tracker, name: "fetch")
        BGTaskScheduler.shared.register(forTaskWithIdentifier: "app_refresh", using: .main) { task in
            self.schedule()
            var isOpen = true
            func complete(_ success: Bool) {
                if isOpen { task.setTaskCompleted(success: success) }
                isOpen = false
            }
            let work = Task { @MainActor in
                if isOpen { await self.sendHit() }
                complete(!Task.isCancelled)
            }
            task.expirationHandler = {
                work.cancel()
                complete(false)
            }
        }
        schedule()
        return true
    }

    private func sendHit() async {
        await withCheckedContinuation { continuation in
            waiter.wait(seconds: 20) { continuation.resume() }
            waiter.tracker.gestures.add("fetch").sendDownload()
        }
    }

    private func schedule() {
        let request = BGAppRefreshTaskRequest(identifier: "app_refresh")
        request.earliestBeginDate = Date(timeIntervalSinceNow: 30 * 60)
        try? BGTaskScheduler.shared.submit(request)
    }
}
