// Stand-in for the module BackgroundTasks over the virtual device.
@_exported import VirtualFoundation
import VirtualDevice

/// Apple: BGTask, which is neither Sendable nor isolated.
public class BGTask: NSObject {
    private let call: Int32
    /// Apple: identifier
    public let identifier: String
    /// Apple: expirationHandler, called on the queue that the task was registered for (BGTaskScheduler.h).
    @preconcurrency public var expirationHandler: (() -> Void)? {
        didSet { if expirationHandler != nil { device_hears_expiry(call) } }
    }

    required init(_ call: Int32, _ identifier: String) {
        self.call = call
        self.identifier = identifier
        super.init()
    }

    func isHandedOver(onMain: Bool) {
        device_on_expiry(
            call, onMain,
            device_block {
                self.expirationHandler?()
                self.expirationHandler = nil
            })
    }

    /// Apple: setTaskCompleted(success:)
    public func setTaskCompleted(success: Bool) {
        device_complete(call, success ? DEVICE_SUCCESS : DEVICE_FAILURE)
        expirationHandler = nil
    }
}

/// Apple: BGAppRefreshTask
public class BGAppRefreshTask: BGTask {}

/// Apple: BGProcessingTask
public class BGProcessingTask: BGTask {}

/// Apple: BGTaskRequest
public class BGTaskRequest: NSObject {
    let kind: String
    let task: BGTask.Type
    /// Apple: identifier
    public let identifier: String
    /// Apple: earliestBeginDate
    public var earliestBeginDate: Date?

    var earliest: Double { earliestBeginDate?.timeIntervalSinceNow ?? 0 }
    var wantsNetwork: Bool { (self as? BGProcessingTaskRequest)?.requiresNetworkConnectivity ?? false }
    var wantsPower: Bool { (self as? BGProcessingTaskRequest)?.requiresExternalPower ?? false }

    init(_ kind: String, _ task: BGTask.Type, _ identifier: String) {
        self.kind = kind
        self.task = task
        self.identifier = identifier
    }
}

/// Apple: BGAppRefreshTaskRequest
public class BGAppRefreshTaskRequest: BGTaskRequest {
    /// Apple: init(identifier:)
    public init(identifier: String) { super.init("app_refresh", BGAppRefreshTask.self, identifier) }
}

/// Apple: BGProcessingTaskRequest
public class BGProcessingTaskRequest: BGTaskRequest {
    /// Apple: init(identifier:)
    public init(identifier: String) { super.init("processing", BGProcessingTask.self, identifier) }
    /// Apple: requiresNetworkConnectivity
    public var requiresNetworkConnectivity = false
    /// Apple: requiresExternalPower
    public var requiresExternalPower = false
}

/// Apple: BGTaskScheduler
public class BGTaskScheduler: NSObject {
    /// Apple: shared
    public class var shared: BGTaskScheduler { scheduler }
    nonisolated(unsafe) private static let scheduler = BGTaskScheduler()
    private var requested: [String: BGTask.Type] = [:]
    private var pending: [String: BGTaskRequest] = [:]
    private var running: [BGTask] = []

    private override init() {}

    /// Apple: BGTaskScheduler.Error
    public struct Error: Swift.Error, Sendable {
        /// Apple: BGTaskScheduler.Error.Code
        public enum Code: Int, Sendable { case unavailable = 1, tooManyPendingTaskRequests, notPermitted }
        public let code: Code
        public static let unavailable = Code.unavailable
        public static let tooManyPendingTaskRequests = Code.tooManyPendingTaskRequests
        public static let notPermitted = Code.notPermitted
    }

    /// Apple: register(forTaskWithIdentifier:using:launchHandler:); nil stands for a queue in the background.
    @preconcurrency @discardableResult
    public func register(
        forTaskWithIdentifier identifier: String, using queue: DispatchQueue?, launchHandler: @escaping (BGTask) -> Void
    ) -> Bool {
        device_at_end { BGTaskScheduler.shared.forget() }
        device_register(
            identifier,
            device_function { call in
                self.pending[identifier] = nil
                nonisolated(unsafe) let task = (self.requested[identifier] ?? BGTask.self).init(call, identifier)
                nonisolated(unsafe) let handler = launchHandler
                self.running.append(task)
                let isMain = queue === DispatchQueue.main
                let begin = {
                    task.isHandedOver(onMain: isMain)
                    handler(task)
                }
                if isMain { begin() } else { (queue ?? .global()).async(execute: begin) }
            })
        return true
    }

    /// Apple: submit(_:), deprecated for apps of the systems 27.0 and later.
    public func submit(_ taskRequest: BGTaskRequest) throws {
        let isRefused = device_refuses()
        requested[taskRequest.identifier] = taskRequest.task
        let of = taskRequest
        device_submit(of.identifier, of.kind, of.earliest, of.wantsNetwork, of.wantsPower)
        if isRefused { throw Error(code: .unavailable) }
        pending[of.identifier] = of
    }

    /// Apple: submitTaskRequest(_:completionHandler:), of iOS and tvOS 27.0; not for the main thread, and answered on any queue
    /// after any delay.
    @available(iOS 27.0, tvOS 27.0, *)
    public func submitTaskRequest(
        _ taskRequest: BGTaskRequest, completionHandler: @escaping @Sendable ((any Swift.Error)?) -> Void
    ) {
        requested[taskRequest.identifier] = taskRequest.task
        let of = taskRequest
        let isRefused = device_refuses()
        let answer = device_block { completionHandler(isRefused ? Error(code: .unavailable) : nil) }
        device_ask(of.identifier, of.kind, of.earliest, of.wantsNetwork, of.wantsPower, answer)
    }

    /// Apple: cancel(taskRequestWithIdentifier:)
    public func cancel(taskRequestWithIdentifier identifier: String) {
        device_withdraw(identifier)
        pending[identifier] = nil
    }

    /// Apple: cancelAllTaskRequests()
    public func cancelAllTaskRequests() {
        device_withdraw(nil)
        pending = [:]
    }

    /// Apple: getPendingTaskRequests(completionHandler:)
    @preconcurrency
    public func getPendingTaskRequests(completionHandler: @escaping @Sendable ([BGTaskRequest]) -> Void) {
        nonisolated(unsafe) let requests = Array(pending.values)
        DispatchQueue.global().async { completionHandler(requests) }
    }

    /// A task and its handler may hold each other.
    private func forget() {
        for task in running { task.expirationHandler = nil }
        running = []
        requested = [:]
        pending = [:]
    }
}

/// Whether an error has this code, in `catch`.
public func ~= (code: BGTaskScheduler.Error.Code, error: any Swift.Error) -> Bool { (error as? BGTaskScheduler.Error)?.code == code }
