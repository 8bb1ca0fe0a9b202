import Tracker
import WatchKit

final class AppDelegate: NSObject, WKApplicationDelegate {
    func applicationDidFinishLaunching() {
        self.schedule(900)
        self.schedule(0.5)
    }

    private func schedule(_ seconds: Double) {
        WKApplication.shared().scheduleBackgroundRefresh(
            withPreferredDate: Date(timeIntervalSinceNow: seconds), userInfo: nil
        ) { @Sendable _ in }
    }

    func handle(_ backgroundTasks: Set<WKRefreshBackgroundTask>) {
        for task in backgroundTasks {
            switch task {
            case let snapshot as WKSnapshotRefreshBackgroundTask:
                snapshot.setTaskCompleted(restoredDefaultState: true, estimatedSnapshotExpiration: .distantFuture, userInfo: nil)
                snapshot.setTaskCompletedWithSnapshot(false)
            default:
                task.setTaskCompletedWithSnapshot(false)
            }
        }
    }

    func applicationDidEnterBackground() {
        let gate = DispatchSemaphore(value: 1)
        let door = DispatchSemaphore(value: 0)
        ProcessInfo.processInfo.performExpiringActivity(withReason: "first") { @Sendable expired in
            if expired {
                door.signal()
                send("first expires")
                return
            }
            gate.wait()
            DispatchQueue.main.async { door.signal() }
            door.wait()
            send("first")
            gate.signal()
        }
        ProcessInfo.processInfo.performExpiringActivity(withReason: "second") { @Sendable expired in
            if expired {
                door.wait()
                send("second expires")
                return
            }
            gate.wait()
            send("second")
            door.signal()
        }
    }
}

private nonisolated func send(_ name: String) {
    ATInternet.sharedInstance.defaultTracker.gestures.add(name).sendTouch()
}
