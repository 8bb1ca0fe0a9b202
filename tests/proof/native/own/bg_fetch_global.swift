import Tracker
import UIKit

actor Store { private(set) var rows = 0; func load() -> Int { rows += 1; return rows } }

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    private let store = Store()

    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        application.setMinimumBackgroundFetchInterval(UIApplication.backgroundFetchIntervalMinimum)
        return true
    }

    func application(_ application: UIApplication, performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void) {
        Task { [self] in
            _ = await store.load()
            await MainActor.run {
                let tracker = ATInternet.sharedInstance.defaultTracker
                tracker.context.backgroundMode = .fetch
                tracker.gestures.add("fetch").sendDownload()
                tracker.context.backgroundMode = .normal
            }
            try? await Task.sleep(nanoseconds: 5_000_000_000)
            completionHandler(.newData)
        }
    }
}
