import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?

    private let tracker = ATInternet.sharedInstance.tracker(
        "bgTaskTracker",
        configuration: [
            "site": "123456",
            "log": "logp",
            "logSSL": "logs",
            "storage": "required",
        ]
    )

    private let deliveries = HitDeliveries(mark: "bg=task")

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        self.tracker.context.backgroundMode = .task
        self.tracker.delegate = self.deliveries
        return true
    }

    func applicationDidEnterBackground(_ application: UIApplication) {
        let task = TrackedTask(named: "bg_task")
        DispatchQueue.global().async {
            // Do the work associated with the task.
            DispatchQueue.main.async {
                self.deliveries.expectHit(within: 20) {
                    task.end()
                }
                self.tracker.gestures.add("task").sendDownload()
            }
        }
    }
}

// Tells when each hit of a tracker was sent or stored, or that time is up.
@MainActor
private final class HitDeliveries: NSObject, TrackerDelegate {
    private let mark: String
    private var waiting: [ExpectedHit] = []
    private var current: ExpectedHit?

    init(mark: String) {
        self.mark = mark
    }

    // Call before the hit is sent: `done` is called once, on the main thread,
    // when that hit was sent or stored, or after `seconds`.
    func expectHit(within seconds: Double, done: @escaping () -> Void) {
        let hit = ExpectedHit(done: done)
        waiting.append(hit)
        DispatchQueue.main.asyncAfter(deadline: .now() + seconds) { hit.finish() }
    }

    // Hits are built and sent one after the other: from here on the delegate hears of the next one.
    nonisolated func buildDidEnd(_ status: HitStatus, message: String) {
        DispatchQueue.main.async { self.goOn() }
    }

    nonisolated func sendDidEnd(_ status: HitStatus, message: String) {
        // A stored hit of earlier that leaves now has an offline time in its URL.
        let isDone = status == .success && message.contains(mark) && !message.contains("olt=")
        DispatchQueue.main.async { if isDone { self.current?.finish() } }
    }

    nonisolated func saveDidEnd(_ message: String) {
        let isDone = message.contains(mark)
        DispatchQueue.main.async { if isDone { self.current?.finish() } }
    }

    // The configuration is not right: the hit is not built, and nothing else will be said of it.
    nonisolated func errorDidOccur(_ message: String) {
        DispatchQueue.main.async {
            self.goOn()
            self.current?.finish()
        }
    }

    private func goOn() {
        current = waiting.isEmpty ? nil : waiting.removeFirst()
    }
}

// A hit under way: `finish` calls `done`, the first time only.
@MainActor
private final class ExpectedHit {
    private var done: (() -> Void)?

    init(done: @escaping () -> Void) {
        self.done = done
    }

    func finish() {
        let once = done
        done = nil
        once?()
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
