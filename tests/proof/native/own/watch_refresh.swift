import Tracker
import WatchKit

final class AppDelegate: NSObject, WKApplicationDelegate {
    private var waiter: HitWaiter!

    func applicationDidFinishLaunching() {
        let tracker = ATInternet.sharedInstance.tracker("bgFetchTracker", configuration: ["site": "123456", "log": "logp", "logSSL": "logs"])
        tracker.context.backgroundMode = .fetch
        waiter = HitWaiter(tracker, name: "fetch")
        askAgain()
    }

    private func askAgain() {
        WKApplication.shared().scheduleBackgroundRefresh(withPreferredDate: Date().addingTimeInterval(30 * 60), userInfo: nil) { _ in }
    }

    func handle(_ backgroundTasks: Set<WKRefreshBackgroundTask>) {
        for task in backgroundTasks {
            if let refresh = task as? WKApplicationRefreshBackgroundTask {
                askAgain()
                waiter.wait(seconds: 10) { refresh.setTaskCompletedWithSnapshot(true) }
                waiter.tracker.gestures.add("fetch").sendDownload()
            } else if let snapshot = task as? WKSnapshotRefreshBackgroundTask {
                snapshot.setTaskCompleted(restoredDefaultState: false, estimatedSnapshotExpiration: .distantFuture, userInfo: nil)
            } else {
                task.setTaskCompletedWithSnapshot(false)
            }
        }
    }
}
