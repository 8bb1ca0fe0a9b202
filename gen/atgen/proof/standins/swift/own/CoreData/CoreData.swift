// What Xcode's own delegate of an app with Core Data has; the store is empty, and keeps nothing.
@_exported import VirtualFoundation

/// Apple: NSPersistentStoreDescription
open class NSPersistentStoreDescription: NSObject {}

/// Apple: NSManagedObjectContext
open class NSManagedObjectContext: NSObject, @unchecked Sendable {
    private let queue: DispatchQueue

    init(_ queue: DispatchQueue) { self.queue = queue }

    /// Apple: hasChanges
    public var hasChanges: Bool { false }
    /// Apple: automaticallyMergesChangesFromParent
    public var automaticallyMergesChangesFromParent = false
    /// Apple: save()
    public func save() throws {}
    /// Apple: perform(_:)
    @preconcurrency
    public func perform(_ block: @escaping @Sendable () -> Void) { queue.async(execute: block) }
    /// Apple: performAndWait(_:)
    public func performAndWait(_ block: () -> Void) { if queue.isCurrent { block() } else { queue.sync(execute: block) } }
}

/// Apple: NSPersistentContainer
open class NSPersistentContainer: NSObject, @unchecked Sendable {
    public let name: String
    /// Apple: viewContext, the main queue's.
    public let viewContext = NSManagedObjectContext(.main)

    /// Apple: init(name:)
    public init(name: String) { self.name = name }

    /// Apple: loadPersistentStores(completionHandler:), at once unless the app says otherwise.
    public func loadPersistentStores(completionHandler block: @escaping (NSPersistentStoreDescription, (any Error)?) -> Void) {
        block(NSPersistentStoreDescription(), nil)
    }

    /// Apple: newBackgroundContext()
    public func newBackgroundContext() -> NSManagedObjectContext { NSManagedObjectContext(DispatchQueue(label: "")) }

    /// Apple: performBackgroundTask(_:)
    @preconcurrency
    public func performBackgroundTask(_ block: @escaping @Sendable (NSManagedObjectContext) -> Void) {
        let context = newBackgroundContext()
        context.perform { block(context) }
    }
}
