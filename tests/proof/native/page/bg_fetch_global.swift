import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?

    func application(
        _ application: UIApplication,
        performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void
    ) {
        // Do the work associated with the fetch
        let tracker = ATInternet.sharedInstance.defaultTracker
        tracker.context.backgroundMode = BackgroundMode.fetch
        tracker.gestures.add("fetch").sendDownload()
        tracker.context.backgroundMode = BackgroundMode.normal
    }
}
