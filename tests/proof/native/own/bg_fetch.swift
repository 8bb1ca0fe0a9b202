import UIKit
import Tracker

@UIApplicationMain
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?
    var fetchTracking: FetchTracking!

    func application(_ application: UIApplication,
                     didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        fetchTracking = FetchTracking()
        application.setMinimumBackgroundFetchInterval(UIApplication.backgroundFetchIntervalMinimum)
        return true
    }

    func application(_ application: UIApplication,
                     performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void) {
        fetchTracking.send { completionHandler(.newData) }
    }
}

class FetchTracking: NSObject, TrackerDelegate {
    private class Waiting {
        var completion: (() -> Void)?

        func finish() {
            let once = completion
            completion = nil
            once?()
        }
    }

    private let tracker: Tracker
    private var waiting = [Waiting]()
    private var current: Waiting?
    private var open = [String]()

    override init() {
        tracker = ATInternet.sharedInstance.tracker("bgFetchTracker")
        super.init()
        let configuration = ["site": "123456", "log": "logp", "logSSL": "logs", "storage": "required"]
        tracker.setConfig(configuration, override: true, sync: true, completionHandler: nil)
        tracker.context.backgroundMode = .fetch
        tracker.delegate = self
    }

    func send(completion: @escaping () -> Void) {
        let one = Waiting()
        one.completion = completion
        waiting.append(one)
        DispatchQueue.main.asyncAfter(deadline: .now() + 20) { [weak self] in
            one.finish()
            guard let self = self, self.tracker.delegate !== self else { return }
            self.waiting.removeAll { $0 === one }
        }
        tracker.gestures.add("fetch").sendDownload()
    }

    // A visitor's privacy mode may take either away.
    private func fits(_ parameter: Substring) -> Bool {
        let isName = parameter.hasPrefix("p=")
        let isAction = parameter.hasPrefix("click=")
        return (!isName && !isAction) || parameter == "p=fetch" || parameter == "click=T"
    }

    private func over(_ next: Waiting? = nil) {
        current?.finish()
        current = next
    }

    private func left(_ index: Int?) {
        guard let index = index else { return }
        open.remove(at: index)
        if open.isEmpty { over() }
    }

    func buildDidEnd(_ status: HitStatus, message: String) {
        DispatchQueue.main.async {
            self.open = message.split(separator: "\n").map(String.init)
            let isOurs = self.open.allSatisfy { $0.split(separator: "&").allSatisfy(self.fits) }
            self.over(isOurs && !self.waiting.isEmpty ? self.waiting.removeFirst() : nil)
        }
    }

    func sendDidEnd(_ status: HitStatus, message: String) {
        guard status == .success else { return }
        DispatchQueue.main.async { self.left(self.open.firstIndex(of: message)) }
    }

    func saveDidEnd(_ message: String) {
        DispatchQueue.main.async { self.left(self.open.indices.first) }
    }

    func warningDidOccur(_ message: String) {
        guard message.hasSuffix("not sent") || message.hasPrefix("Hit could not be saved") else { return }
        DispatchQueue.main.async { self.over() }
    }

    func errorDidOccur(_ message: String) {
        DispatchQueue.main.async {
            self.over(self.waiting.isEmpty ? nil : self.waiting.removeFirst())
            self.over()
        }
    }
}
