import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplicationLaunchOptionsKey: Any]?
    ) -> Bool {
        // Without an interval the system fires no fetch.
        // Deprecated since iOS 13, and still the only way to switch background fetch on.
        application.setMinimumBackgroundFetchInterval(UIApplication.backgroundFetchIntervalMinimum)
        return true
    }

    func application(
        _ application: UIApplication,
        performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void
    ) {
        // Do the work associated with the fetch, and say here what it brought.
        let result = UIBackgroundFetchResult.newData  // .noData, .failed
        let tracker = ATInternet.sharedInstance.defaultTracker
        // Nothing may come between these lines: the mode marks every hit of this tracker.
        tracker.context.backgroundMode = .fetch
        tracker.gestures.add("fetch").sendDownload()
        tracker.context.backgroundMode = .normal
        // The hit leaves on the SDK's own queue: give it time.
        DispatchQueue.main.asyncAfter(deadline: .now() + 5) {
            completionHandler(result)
        }
    }
}
