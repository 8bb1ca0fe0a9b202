import UIKit

/// What happened, in its order, told on any thread.
enum Story {
    nonisolated(unsafe) private static var told: [String] = []
    private static let lock = NSLock()

    static var events: [String] { lock.withLock { told } }

    static func add(_ event: String) {
        lock.withLock { told.append(event) }
    }

    static func clear() {
        lock.withLock { told = [] }
    }

    /// Takes an event out that happened exactly once; tells whether it did.
    static func remove(_ event: String) -> Bool {
        lock.withLock {
            let isThere = told.filter { $0 == event }.count == 1
            told.removeAll { $0 == event }
            return isThere
        }
    }
}
