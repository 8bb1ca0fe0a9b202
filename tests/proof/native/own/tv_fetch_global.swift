import UIKit
import Tracker
import UserNotifications

@main
class AppDelegate: UIResponder, UIApplicationDelegate, UNUserNotificationCenterDelegate {
    var window: UIWindow?

    func application(_ application: UIApplication,
                     didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        UNUserNotificationCenter.current().delegate = self
        UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .badge]) { granted, error in
            print("granted: \(granted)")
        }
        application.setMinimumBackgroundFetchInterval(UIApplication.backgroundFetchIntervalMinimum)
        return true
    }

    func application(_ application: UIApplication,
                     performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void) {
        guard let url = URL(string: "https://example.com/feed") else {
            completionHandler(.failed)
            return
        }
        let begin = Date()
        let lock = NSLock()
        let group = DispatchGroup()
        group.enter()
        group.notify(queue: .main) { NSLog("%f s", Date().timeIntervalSince(begin)) }
        let task = URLSession.shared.dataTask(with: url) { data, response, error in
            lock.withLock { group.leave() }
            DispatchQueue.main.async {
                let tracker = ATInternet.sharedInstance.defaultTracker
                tracker.context.backgroundMode = .fetch
                tracker.gestures.add("fetch").sendDownload()
                tracker.context.backgroundMode = .normal
                Timer.scheduledTimer(withTimeInterval: 5, repeats: false) { _ in
                    completionHandler(data == nil ? .failed : .newData)
                }
            }
        }
        task.resume()
    }
}
