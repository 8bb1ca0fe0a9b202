import CoreData
import Tracker
import UIKit

@main
class AppDelegate: UIResponder, UIApplicationDelegate {
    private let queue = DispatchQueue(label: "store")
    private var saved = 0
    private lazy var container: NSPersistentContainer = {
        let container = NSPersistentContainer(name: "Model")
        container.loadPersistentStores { _, error in
            if let error = error as NSError? { fatalError("\(error.userInfo)") }
        }
        return container
    }()

    func applicationDidEnterBackground(_ application: UIApplication) {
        var id = UIBackgroundTaskIdentifier.invalid
        let end = {
            if id != .invalid { application.endBackgroundTask(id) }
            id = .invalid
        }
        id = application.beginBackgroundTask(expirationHandler: end)
        queue.async { self.saved += 1 }
        precondition(queue.sync { saved } > 0, "what was before has run")
        let never = DispatchWorkItem { preconditionFailure("it is cancelled") }
        queue.asyncAfter(deadline: .now() + 1, execute: never)
        never.cancel()
        DispatchQueue.global(qos: .utility).async {
            self.work()
            let isOpen = DispatchQueue.main.sync {
                dispatchPrecondition(condition: .onQueue(.main))
                return Thread.isMainThread && id != .invalid
            }
            guard isOpen else { return }
            DispatchQueue.main.async {
                guard id != .invalid else { return }
                let tracker = ATInternet.sharedInstance.defaultTracker
                tracker.context.backgroundMode = .task
                tracker.gestures.add("task").sendDownload()
                tracker.context.backgroundMode = .normal
                DispatchQueue.main.asyncAfter(deadline: .now() + 5, execute: end)
            }
        }
    }

    nonisolated private func work() {
        let begin = Date()
        let context = container.newBackgroundContext()
        context.performAndWait { try? context.save() }
        let group = DispatchGroup()
        let operations = OperationQueue()
        let first = BlockOperation { sleep(1) }
        let second = BlockOperation { precondition(first.isFinished) }
        second.addDependency(first)
        group.enter()
        second.completionBlock = { group.leave() }
        operations.addOperations([second, first], waitUntilFinished: false)
        group.wait()
        Thread.sleep(forTimeInterval: 0.5)
        precondition(Date().timeIntervalSince(begin) >= 1.5, "time goes by")
        let answered = DispatchSemaphore(value: 0)
        URLSession.shared.dataTask(with: URL(string: "https://example.com")!) { _, _, _ in answered.signal() }.resume()
        if answered.wait(timeout: .now() + 10) == .success {
            precondition(answered.wait(timeout: .now() + 2) == .timedOut)
        }
    }
}
