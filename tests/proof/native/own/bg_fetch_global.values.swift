import Foundation
import OSLog
import Tracker
import UIKit
import UserNotifications

struct Feed: Codable, Equatable {
    struct Entry: Codable, Equatable { let id: UUID; var title: String; var date: Date; var link: URL?; var children: [Entry] }
    let entries: [Entry]
    let total: Int
    let rating: Double?
}

@UIApplicationMain
class AppDelegate: UIResponder, UIApplicationDelegate, UNUserNotificationCenterDelegate {
    @IBOutlet var window: UIWindow?
    private let logger = Logger(subsystem: Bundle.main.bundleIdentifier!, category: "fetch")
    private var heard = 0

    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        window = UIWindow(frame: UIScreen.main.bounds)
        window?.rootViewController = UIStoryboard(name: "Main", bundle: nil).instantiateInitialViewController()
        window?.makeKeyAndVisible()
        application.setMinimumBackgroundFetchInterval(24 * 60 * 60)
        UNUserNotificationCenter.current().delegate = self
        UNUserNotificationCenter.current().getNotificationSettings { [logger] in logger.debug("\($0.authorizationStatus.rawValue, privacy: .public)") }
        NotificationCenter.default.addObserver(self, selector: #selector(updated(_:)), name: Notification.Name("updated"), object: nil)
        precondition(UserDefaults.standard.object(forKey: "fetches") == nil && !FileManager.default.fileExists(atPath: file.path), "of the run before")
        UserDefaults.standard.register(defaults: ["limit": 20])
        return true
    }

    private var file: URL { FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask)[0].appendingPathComponent("feed.json") }

    @objc private func updated(_ notification: Notification) { heard += notification.userInfo?["by"] as? Int ?? 0 }

    // What is data is the real thing, and what is kept is kept for the run.
    private func values() throws {
        let formatter = DateFormatter()
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd"
        let tomorrow = Calendar.current.date(byAdding: .day, value: 1, to: Date())!
        precondition(formatter.string(from: Date()).hasPrefix("2027-01-") && tomorrow.timeIntervalSinceNow > 80_000)
        UserDefaults.standard.set(UserDefaults.standard.integer(forKey: "fetches") + 1, forKey: "fetches")
        precondition(UserDefaults.standard.bool(forKey: "fetches") && UserDefaults.standard.integer(forKey: "limit") == 20)
        let json = try JSONSerialization.jsonObject(with: Data(#"{"a": [1, 2.5], "b": null}"#.utf8)) as? [String: Any]
        precondition((json?["a"] as? [Any])?.count == 2 && String(format: "%03d %@", 7, "x") == "007 x")
        do {
            _ = try Data(contentsOf: URL(fileURLWithPath: "/etc/passwd"))
            preconditionFailure("a file of the machine")
        } catch let error as NSError {
            precondition(error.domain == NSCocoaErrorDomain && error.code == 260)
        }
        let entry = Feed.Entry(id: UUID(), title: "é", date: Date(), link: nil, children: [])
        let feed = Feed(entries: [entry], total: 1, rating: nil)
        try JSONEncoder().encode(feed).write(to: file, options: .atomic)
        let read = try JSONDecoder().decode(Feed.self, from: Data(contentsOf: file))
        precondition(read == feed)
        let before = heard
        NotificationCenter.default.post(name: Notification.Name("updated"), object: self, userInfo: ["by": 2])
        precondition(heard == before + 2)
    }

    func application(_ application: UIApplication, performFetchWithCompletionHandler completionHandler: @escaping (UIBackgroundFetchResult) -> Void) {
        do { try values() } catch { preconditionFailure(error.localizedDescription) }
        var request = URLRequest(url: URL(string: "https://example.com/feed")!, cachePolicy: .reloadIgnoringLocalCacheData)
        request.addValue("Bearer \(UserDefaults.standard.string(forKey: "token") ?? "")", forHTTPHeaderField: "Authorization")
        URLSession.shared.dataTask(with: request) { data, response, error in
            var result = UIBackgroundFetchResult.failed
            if let data, (response as? HTTPURLResponse)?.statusCode == 200, let feed = try? JSONDecoder().decode(Feed.self, from: data) {
                result = feed.entries.isEmpty ? .noData : .newData
            } else if let error = error as NSError? {
                os_log("%{public}@ %ld", log: .default, type: .error, error.domain, error.code)
            }
            DispatchQueue.main.async { [result] in
                let tracker = ATInternet.sharedInstance.defaultTracker
                tracker.context.backgroundMode = .fetch
                tracker.gestures.add("fetch").sendDownload()
                tracker.context.backgroundMode = .normal
                DispatchQueue.main.asyncAfter(deadline: .now() + 5) { completionHandler(result) }
            }
        }.resume()
    }
}
