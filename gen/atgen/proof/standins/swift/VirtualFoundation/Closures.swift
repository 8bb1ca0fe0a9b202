// Closures as the virtual device holds them.
import VirtualDevice

private final class Box<Body> {
    let body: Body

    init(_ body: Body) {
        self.body = body
    }
}

/// Plays the person's own work: `done` hears whether it was good, and may be called twice, on any thread.
public func playWork(_ kind: String, _ done: @escaping @Sendable (Bool) -> Void) {
    device_work(kind, device_function { done($0 != 0) })
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
