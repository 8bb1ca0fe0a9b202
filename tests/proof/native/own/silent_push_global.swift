import Tracker
import UIKit

@main
final class AppDelegate: UIResponder, UIApplicationDelegate {
    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        application.registerForRemoteNotifications()
        return true
    }

    func application(_ application: UIApplication, didReceiveRemoteNotification userInfo: [AnyHashable: Any]) async -> UIBackgroundFetchResult {
        guard application.applicationState == .background else { return .noData }
        let tracker = ATInternet.sharedInstance.defaultTracker
        tracker.context.backgroundMode = .fetch
        tracker.gestures.add("push").sendDownload()
        tracker.context.backgroundMode = .normal
        try? await Task.sleep(for: .seconds(5))
        return .newData
    }
}
