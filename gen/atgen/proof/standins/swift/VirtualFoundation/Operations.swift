// Operations, over the virtual device's queues.

/// Apple: Operation, one that is over when `main()` returns.
open class Operation: NSObject, @unchecked Sendable {
    /// Apple: isCancelled
    public private(set) var isCancelled = false
    /// Apple: isFinished
    public private(set) var isFinished = false
    /// Apple: completionBlock, which runs once, on a queue in the background, also of one that was cancelled.
    @preconcurrency public var completionBlock: (@Sendable () -> Void)?

    /// Apple: init()
    public override init() {}

    /// Apple: main()
    open func main() {}

    /// Apple: dependencies
    public private(set) var dependencies: [Operation] = []
    /// What waits for it.
    private var waiting: [() -> Void] = []

    /// Apple: addDependency(_:)
    public func addDependency(_ op: Operation) { dependencies.append(op) }

    /// Apple: cancel()
    public func cancel() { isCancelled = true }

    /// Calls when all are finished that it depends on.
    func whenReady(_ begin: @escaping () -> Void) {
        guard let other = dependencies.first(where: { !$0.isFinished }) else { return begin() }
        other.waiting.append { self.whenReady(begin) }
    }

    func run() {
        if !isCancelled { main() }
        isFinished = true
        for each in waiting { each() }
        waiting = []
        if let completionBlock { DispatchQueue.global().async(execute: completionBlock) }
        completionBlock = nil
    }
}

/// Apple: BlockOperation
open class BlockOperation: Operation, @unchecked Sendable {
    private let block: @Sendable () -> Void

    /// Apple: init(block:)
    @preconcurrency
    public init(block: @escaping @Sendable () -> Void) { self.block = block }

    open override func main() { block() }
}

/// Apple: OperationQueue
open class OperationQueue: NSObject, @unchecked Sendable {
    /// Apple: main
    public class var main: OperationQueue { mainQueue }
    private static let mainQueue = OperationQueue(.main)
    private lazy var queue = DispatchQueue(label: "", attributes: maxConcurrentOperationCount == 1 ? [] : .concurrent)
    /// Apple: maxConcurrentOperationCount, to be set before anything is added.
    public var maxConcurrentOperationCount = -1
    /// Apple: operations
    public private(set) var operations: [Operation] = []

    /// Apple: init()
    public override init() {}

    init(_ queue: DispatchQueue) {
        super.init()
        self.queue = queue
    }

    /// Apple: addOperation(_:)
    public func addOperation(_ block: @escaping @Sendable () -> Void) { addOperation(BlockOperation(block: block)) }

    /// Apple: addOperation(_:)
    public func addOperation(_ op: Operation) {
        operations.append(op)
        op.whenReady {
            self.queue.async {
                op.run()
                self.operations.removeAll { $0 === op }
            }
        }
    }

    /// Apple: addOperations(_:waitUntilFinished:), which here waits for none.
    public func addOperations(_ ops: [Operation], waitUntilFinished wait: Bool) {
        precondition(!wait, "nobody is waited for here")
        ops.forEach(addOperation)
    }

    /// Apple: cancelAllOperations()
    public func cancelAllOperations() { operations.forEach { $0.cancel() } }
}
