// Closures as the virtual device holds them.
import VirtualDevice

private final class Box<Body> {
    let body: Body

    init(_ body: Body) {
        self.body = body
    }
}

/// What became of a person's work.
public enum Brought: Sendable {
    case good, nothing, failed
}

/// What a person's work could end with, until it gives up.
private final class Held: @unchecked Sendable {
    var done: (@Sendable (Brought) -> Void)?

    init(_ done: @escaping @Sendable (Brought) -> Void) {
        self.done = done
    }

    func hear(_ became: Int32) {
        if became < 0 { done = nil }
        done?(became == Int32(DEVICE_FAILED) ? .failed : became == 0 ? .nothing : .good)
    }
}

/// Plays the person's own work: `done` hears what became of it, and may be called twice, on any thread.
///
/// Work that is not over at once asks to be told, by `whenTimeIsUp`, that time is up; who is told holds what it could end with.
public func playWork(
    _ kind: String, whenTimeIsUp: (@escaping @MainActor @Sendable () -> Void) -> Void = { _ in },
    _ done: @escaping @Sendable (Brought) -> Void
) {
    let held = Held(done)
    let work = device_work(kind, device_function { held.hear($0) })
    if work > 0 { whenTimeIsUp { withExtendedLifetime(held) { device_stop(work) } } }
}

extension device_block {
    /// A block that the device frees.
    public init(_ body: @escaping () -> Void) {
        self.init(
            run: { Unmanaged<Box<() -> Void>>.fromOpaque($0!).takeUnretainedValue().body() },
            drop: { Unmanaged<Box<() -> Void>>.fromOpaque($0!).release() },
            context: Unmanaged.passRetained(Box(body)).toOpaque()
        )
    }
}

extension device_function {
    /// A function that the device frees.
    public init(_ body: @escaping (Int32) -> Void) {
        self.init(
            run: { Unmanaged<Box<(Int32) -> Void>>.fromOpaque($0!).takeUnretainedValue().body($1) },
            drop: { Unmanaged<Box<(Int32) -> Void>>.fromOpaque($0!).release() },
            context: Unmanaged.passRetained(Box(body)).toOpaque()
        )
    }
}
