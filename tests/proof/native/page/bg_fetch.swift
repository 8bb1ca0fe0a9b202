import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?
    let tracker = ATInternet.sharedInstance.tracker("bgFetchTracker")

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        tracker.context.backgroundMode = BackgroundMode.fetch
        return true
    }

    func application(
        _ application: UIApplication,
        performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void
    ) {
        // Do the work associated with the fetch
        tracker.gestures.add("fetch").sendDownload()
    }
}
