import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {}

class SceneDelegate: UIResponder, UIWindowSceneDelegate {
    var window: UIWindow?

    func scene(_ scene: UIScene, willConnectTo session: UISceneSession, options connectionOptions: UIScene.ConnectionOptions) {
        guard let windowScene = scene as? UIWindowScene else { return }
        window = UIWindow(windowScene: windowScene)
        window?.makeKeyAndVisible()
    }

    func sceneDidEnterBackground(_ scene: UIScene) {
        var id = UIBackgroundTaskIdentifier.invalid
        let end = {
            if id != .invalid { UIApplication.shared.endBackgroundTask(id) }
            id = .invalid
        }
        id = UIApplication.shared.beginBackgroundTask(withName: "task", expirationHandler: end)
        guard id != .invalid else { return }
        Hits.shared.waiter.wait(seconds: 20, then: end)
        Hits.shared.waiter.tracker.gestures.add("task").sendDownload()
    }
}

final class Hits {
    static var shared: Hits { hits ?? { let made = Hits(); hits = made; return made }() }
    private static var hits: Hits?
    let waiter: HitWaiter

    private init() {
        let tracker = ATInternet.sharedInstance.tracker("bgTaskTracker", configuration: ["site": "123456", "log": "logp", "logSSL": "logs", "storage": "required"])
        tracker.context.backgroundMode = .task
        waiter = HitWaiter(tracker, name: "task")
    }
}

/// State machine: waits for one hit at a time, first in first out.
final class HitWaiter: NSObject, TrackerDelegate {
    enum State { case idle, built(urls: [String], job: Job?) }
    final class Job {
        let finished: () -> Void
        var isDone = false
        init(_ finished: @escaping () -> Void) { self.finished = finished }
        func finish() { if !isDone { isDone = true; finished() } }
    }
    private var state = State.idle
    private var jobs: [Job] = []
    private let marks: [String]
    unowned let tracker: Tracker

    init(_ tracker: Tracker, name: String) {
        self.tracker = tracker
        marks = ["&p=\(name)", "&click=T"]
        super.init()
        tracker.delegate = self
    }

    func wait(seconds: Double, then finished: @escaping () -> Void) {
        let job = Job(finished)
        jobs.append(job)
        DispatchQueue.main.asyncAfter(deadline: .now() + seconds) { [weak self] in
            job.finish()
            if let self, self.tracker.delegate !== self { self.jobs.removeAll { $0 === job } }
        }
    }

    private func isOurs(_ url: String) -> Bool {
        let items = url.split(separator: "&").dropFirst()
        return items.allSatisfy { item in
            let key = item.prefix { $0 != "=" }
            guard let mark = marks.first(where: { $0.hasPrefix("&\(key)=") }) else { return true }
            return "&\(item)" == mark
        }
    }

    private func enter(_ new: State) {
        if case .built(_, let job?) = state { job.finish() }
        state = new
    }

    func buildDidEnd(_ status: HitStatus, message: String) {
        let urls = message.split(separator: "\n").map(String.init)
        DispatchQueue.main.async { [self] in
            var job: Job?
            if !jobs.isEmpty && urls.allSatisfy(isOurs) { job = jobs.removeFirst() }
            enter(.built(urls: urls, job: job))
        }
    }
    func sendDidEnd(_ status: HitStatus, message: String) {
        DispatchQueue.main.async { [self] in
            guard status == .success, case .built(var urls, let job) = state, let at = urls.firstIndex(of: message) else { return }
            urls.remove(at: at)
            if urls.isEmpty { enter(.idle) } else { state = .built(urls: urls, job: job) }
        }
    }
    func saveDidEnd(_ message: String) {
        DispatchQueue.main.async { [self] in
            guard case .built(var urls, let job) = state else { return }
            urls.removeFirst()
            if urls.isEmpty { enter(.idle) } else { state = .built(urls: urls, job: job) }
        }
    }
    func warningDidOccur(_ message: String) {
        if message.hasSuffix("not sent") || message.hasPrefix("Hit could not be saved") {
            DispatchQueue.main.async { [self] in enter(.idle) }
        }
    }
    func errorDidOccur(_ message: String) {
        DispatchQueue.main.async { [self] in
            enter(.idle)
            if !jobs.isEmpty { jobs.removeFirst().finish() }
        }
    }
}
