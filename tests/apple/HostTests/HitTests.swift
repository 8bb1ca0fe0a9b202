import Tracker
import UIKit
import XCTest

/// Calls the app's delegate as the system does, and compares all that happens in 30 seconds, the system's patience and longer than
/// any deadline of a delegate, with what should.
@MainActor
final class HitTests: XCTestCase {
    /// The hit arrives, tagged, and then the completion handler is called, once.
    func testFetch() async throws {
        let delegate = try XCTUnwrap(UIApplication.shared.delegate)
        // Typed, since Apple's protocol has optional methods and the stand-ins' has none.
        let fetch: ((UIApplication, @escaping @Sendable (UIBackgroundFetchResult) -> Void) -> Void)? =
            delegate.application(_:performFetchWithCompletionHandler:)
        prepare()
        try XCTUnwrap(fetch)(.shared) { _ in Story.add("completed") }
        try await finish()
        XCTAssertEqual(Story.events, ["hit bg=fetch", "completed"])
    }

    /// A background task begins before the call returns; the hit arrives, tagged, and then the task is ended, once.
    func testTask() async throws {
        let delegate = try XCTUnwrap(UIApplication.shared.delegate)
        let enterBackground: ((UIApplication) -> Void)? = delegate.applicationDidEnterBackground
        prepare()
        let tasks = Tasks()
        enterBackground?(.shared)
        // What a delegate of an app with scenes observes.
        NotificationCenter.default.post(name: UIApplication.didEnterBackgroundNotification, object: UIApplication.shared)
        tasks.areNew = false
        try await finish()
        XCTAssertEqual(Story.events, ["task began", "hit bg=task", "task ended"])
    }

    private func prepare() {
        Collector.installed
        Story.clear()
        // Without one the first hit waits for a web view (Sender.swift, TechnicalContext.swift).
        ATInternet.sharedInstance.userAgent = "HostTests"
        ATInternet.sharedInstance.defaultTracker.setConfig(
            ["site": "123456", "log": "logp", "logSSL": "logs"], override: false, sync: true, completionHandler: nil)
    }

    /// Sends a hit of the foreground, waits, and takes it out of the story: it must be there, untagged, wherever it is.
    private func finish() async throws {
        ATInternet.sharedInstance.defaultTracker.gestures.add("foreground").sendTouch()
        try await Task.sleep(nanoseconds: 30_000_000_000)
        XCTAssertTrue(Story.remove("hit"), "the hit of the foreground is not there, or tagged: \(Story.events)")
    }
}

/// Tells the story of the background tasks that begin, on the main thread, while `areNew`.
///
/// The SDK has tasks of its own, which begin on its queue (Sender.swift).
@MainActor
private final class Tasks {
    var areNew = true
    private var begun: [NSNumber] = []

    init() {
        observe("BackgroundTaskBegan") { task in
            guard self.areNew else { return }
            self.begun.append(task)
            Story.add("task began")
        }
        observe("BackgroundTaskEnded") { task in
            if self.begun.contains(task) { Story.add("task ended") }
        }
    }

    private func observe(_ name: String, _ tell: @escaping @MainActor (NSNumber) -> Void) {
        NotificationCenter.default.addObserver(forName: Notification.Name(name), object: nil, queue: nil) { notification in
            guard Thread.isMainThread, let task = notification.object as? NSNumber else { return }
            MainActor.assumeIsolated { tell(task) }
        }
    }
}
