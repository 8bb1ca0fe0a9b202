import Tracker
import WatchKit

final class AppDelegate: NSObject, WKApplicationDelegate {
    private var waiter: HitWaiter!

    func applicationDidFinishLaunching() {
        let tracker = ATInternet.sharedInstance.tracker("bgTaskTracker", configuration: ["site": "123456", "log": "logp", "logSSL": "logs"])
        tracker.context.backgroundMode = .task
        waiter = HitWaiter(tracker, name: "task")
    }

    func applicationDidEnterBackground() {
        let group = DispatchSemaphore(value: 0)
        var isOver = false
        ProcessInfo.processInfo.performExpiringActivity(withReason: "hit") { expired in
            if expired {
                DispatchQueue.main.async {
                    isOver = true
                    group.signal()
                }
                group.wait()
                group.signal()
                return
            }
            DispatchQueue.main.async {
                if isOver { return }
                self.waiter.wait(seconds: 10) { group.signal() }
                self.waiter.tracker.gestures.add("task").sendDownload()
            }
            group.wait()
        }
    }
}
