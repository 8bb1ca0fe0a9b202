import BackgroundTasks
import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    private var task = UIBackgroundTaskIdentifier.invalid

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        let center = NotificationCenter.default
        self.register("a")
        self.register("b")
        center.addObserver(forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: nil) { _ in
            MainActor.assumeIsolated { self.begin() }
        }
        center.addObserver(
            forName: UIApplication.didEnterBackgroundNotification, object: application, queue: .main
        ) { notification in
            let name = notification.name == UIApplication.didEnterBackgroundNotification ? "observed" : "?"
            MainActor.assumeIsolated { self.send(name) }
        }
        let other = NSObject()
        center.addObserver(forName: nil, object: other, queue: nil) { _ in MainActor.assumeIsolated { self.send("?") } }
        let gone = center.addObserver(forName: nil, object: nil, queue: nil) { _ in MainActor.assumeIsolated { self.send("?") } }
        center.removeObserver(gone)
        center.addObserver(forName: UIApplication.willEnterForegroundNotification, object: nil, queue: nil) { _ in
            MainActor.assumeIsolated { self.send("back") }
        }
        self.submit(BGProcessingTaskRequest(identifier: "b"), 60)
        self.submit(BGAppRefreshTaskRequest(identifier: "a"), nil)
        let last = BGProcessingTaskRequest(identifier: "b")
        last.requiresNetworkConnectivity = true
        self.submit(last, 0.25)
        DispatchQueue.global().async {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: "c", using: nil) { _ in }
        }
        return true
    }

    private func register(_ identifier: String) {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: .main) { task in
            self.run(task)
        }
    }

    private func submit(_ request: BGTaskRequest, _ seconds: Double?) {
        request.earliestBeginDate = seconds.map { Date(timeIntervalSinceNow: $0) }
        try? BGTaskScheduler.shared.submit(request)
    }

    private func run(_ task: BGTask) {
        let held = Held(task)
        task.expirationHandler = { @Sendable in
            ATInternet.sharedInstance.defaultTracker.gestures.add("expired").sendTouch()
            DispatchQueue.main.async { held.task.setTaskCompleted(success: false) }
        }
        self.submit(BGAppRefreshTaskRequest(identifier: "a"), 900)
        DispatchQueue.global().async {
            DispatchQueue.main.async { held.task.setTaskCompleted(success: isOfItsKind(held.task)) }
        }
    }

    private func begin() {
        task = UIApplication.shared.beginBackgroundTask(withName: "b") { UIApplication.shared.endBackgroundTask(self.task) }
    }

    private func send(_ name: String) {
        ATInternet.sharedInstance.defaultTracker.gestures.add(name).sendTouch()
    }

    func applicationDidEnterBackground(_ application: UIApplication) {
        self.send("entered")
    }

    func applicationWillEnterForeground(_ application: UIApplication) {
        self.send("returned")
    }
}

@MainActor
private final class Held {
    let task: BGTask

    init(_ task: BGTask) {
        self.task = task
    }
}

/// Whether the task is of the kind that was asked for last under its name.
private func isOfItsKind(_ task: BGTask) -> Bool {
    task.identifier == "a" ? task is BGAppRefreshTask : task is BGProcessingTask
}
