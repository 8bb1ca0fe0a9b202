import BackgroundTasks
import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    func application(_ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?) -> Bool {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: "org.example.tidy", using: nil) { task in
            self.schedule()
            let work = DatabaseWork(task as! BGProcessingTask)
            work.start()
        }
        schedule()
        return true
    }

    nonisolated func schedule() {
        let request = BGProcessingTaskRequest(identifier: "org.example.tidy")
        request.requiresNetworkConnectivity = true
        request.earliestBeginDate = Date(timeIntervalSinceNow: 30 * 60)
        BGTaskScheduler.shared.cancelAllTaskRequests()
        do { try BGTaskScheduler.shared.submit(request) } catch {}
    }
}

final class CleanOperation: Operation {
    override func main() {
        guard !isCancelled else { return }
        UserDefaults.standard.set(Date(), forKey: "cleaned")
    }
}

final class DatabaseWork: @unchecked Sendable {
    private let task: BGProcessingTask
    private let queue = OperationQueue()
    private var isOver = false

    init(_ task: BGProcessingTask) {
        self.task = task
        task.expirationHandler = {
            self.queue.cancelAllOperations()
            OperationQueue.main.addOperation { self.end(false) }
        }
    }

    func start() {
        queue.maxConcurrentOperationCount = 1
        let clean = CleanOperation()
        clean.completionBlock = {
            guard !clean.isCancelled else { return }
            DispatchQueue.main.async { self.tag() }
        }
        queue.addOperations([clean], waitUntilFinished: false)
    }

    private func tag() {
        guard !isOver else { return }
        let tracker = ATInternet.sharedInstance.defaultTracker
        tracker.context.backgroundMode = .task
        tracker.gestures.add("task").sendDownload()
        tracker.context.backgroundMode = .normal
        DispatchQueue.main.asyncAfter(deadline: .now() + 5) { self.end(true) }
    }

    private func end(_ success: Bool) {
        if isOver { return }
        isOver = true
        task.setTaskCompleted(success: success)
        task.expirationHandler = nil
    }
}
