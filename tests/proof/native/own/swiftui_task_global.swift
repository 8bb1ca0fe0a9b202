import SwiftUI
import Tracker
import UIKit

@main
struct ShopApp: App {
    @UIApplicationDelegateAdaptor(Delegate.self) private var delegate
    var body: some Scene { WindowGroup { Text("Shop") } }
}

final class Delegate: NSObject, UIApplicationDelegate {
    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]? = nil) -> Bool {
        NotificationCenter.default.addObserver(forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: .main) { _ in
            MainActor.assumeIsolated { self.left() }
        }
        return true
    }

    private func left() {
        var id = UIBackgroundTaskIdentifier.invalid
        func end() {
            if id != .invalid { UIApplication.shared.endBackgroundTask(id) }
            id = .invalid
        }
        id = UIApplication.shared.beginBackgroundTask { end() }
        Task { @MainActor in
            guard id != .invalid else { return }
            let tracker = ATInternet.sharedInstance.defaultTracker
            tracker.context.backgroundMode = .task
            tracker.gestures.add("task").sendDownload()
            tracker.context.backgroundMode = .normal
            try? await Task.sleep(nanoseconds: 5_000_000_000)
            end()
        }
    }
}
