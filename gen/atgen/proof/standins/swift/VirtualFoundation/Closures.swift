// Closures as the virtual device holds them.
import VirtualDevice

private final class Box<Body> {
    let body: Body

    init(_ body: Body) {
        self.body = body
    }
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
