import WatchKit
import Tracker

final class ExtensionDelegate: NSObject, WKApplicationDelegate {
    private let quarter: TimeInterval = 900

    func applicationDidFinishLaunching() { ask() }

    private func ask() {
        WKApplication.shared().scheduleBackgroundRefresh(withPreferredDate: Date(timeIntervalSinceNow: quarter), userInfo: nil) { error in
            if let error = error { print("refresh", error) }
        }
    }

    func handle(_ backgroundTasks: Set<WKRefreshBackgroundTask>) {
        backgroundTasks.forEach { task in
            if task is WKApplicationRefreshBackgroundTask {
                ask()
                let tracker = ATInternet.sharedInstance.defaultTracker
                tracker.context.backgroundMode = .fetch
                tracker.gestures.add("fetch").sendDownload()
                tracker.context.backgroundMode = .normal
                DispatchQueue.main.asyncAfter(deadline: .now() + 5) { task.setTaskCompletedWithSnapshot(false) }
            } else if let snapshot = task as? WKSnapshotRefreshBackgroundTask {
                snapshot.setTaskCompleted(restoredDefaultState: true, estimatedSnapshotExpiration: Date.distantFuture, userInfo: nil)
            } else {
                task.setTaskCompletedWithSnapshot(false)
            }
        }
    }
}
