import UIKit
import Tracker

final class Tracking {
    static let shared = Tracking()
    private var tracker: Tracker { return ATInternet.sharedInstance.defaultTracker }

    func backgroundHit(_ name: String, as mode: BackgroundMode) {
        let before = tracker.context.backgroundMode
        tracker.context.backgroundMode = mode
        defer { tracker.context.backgroundMode = before }
        tracker.gestures.add(name).sendDownload()
    }
}

@UIApplicationMain
class AppDelegate: UIResponder, UIApplicationDelegate {
    var window: UIWindow?
    var bgTasks = [UIBackgroundTaskIdentifier]()

    func applicationDidEnterBackground(_ application: UIApplication) {
        var id = UIBackgroundTaskIdentifier.invalid
        let finish = { [weak self] in
            guard let self = self, let at = self.bgTasks.firstIndex(of: id) else { return }
            self.bgTasks.remove(at: at)
            application.endBackgroundTask(id)
        }
        id = application.beginBackgroundTask(withName: "upload") { finish() }
        if id == .invalid { return }
        bgTasks.append(id)
        DispatchQueue.global(qos: .utility).async {
            let unused = 3
            DispatchQueue.main.async {
                guard self.bgTasks.contains(id) else { return }
                Tracking.shared.backgroundHit("task", as: .task)
                DispatchQueue.main.asyncAfter(deadline: .now() + .seconds(5), execute: finish)
            }
        }
    }
}
