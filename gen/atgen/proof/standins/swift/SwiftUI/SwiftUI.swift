// An app of SwiftUI, which makes the delegate that it names: enough for an app's first file to compile and to be played.
@_exported import UIKit
import VirtualFoundation
@_exported import WatchKit

/// Apple: View
@MainActor @preconcurrency
public protocol View {
    associatedtype Body: View
    /// Apple: body
    @ViewBuilder var body: Body { get }
}

/// Apple: ViewBuilder
@resultBuilder
public struct ViewBuilder {
    public static func buildBlock<Content: View>(_ content: Content) -> Content { content }
}

/// Apple: Text
public struct Text: View {
    /// Apple: init(verbatim:)
    public init(verbatim content: String) {}
    /// Apple: init(_:tableName:bundle:comment:), of a key that is a literal.
    public init(_ key: String) {}
    public var body: Never { fatalError("drawn by the system") }
}

/// Apple: Scene
@MainActor @preconcurrency
public protocol Scene {
    associatedtype Body: Scene
    /// Apple: body
    @SceneBuilder var body: Body { get }
}

/// Apple: SceneBuilder
@resultBuilder
public struct SceneBuilder {
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { content }
}

/// Apple: WindowGroup
public struct WindowGroup<Content: View>: Scene {
    /// Apple: init(content:)
    public init(@ViewBuilder content: () -> Content) {}
    public var body: Never { fatalError("drawn by the system") }
}

extension Never: View, Scene {
    public var body: Never { return fatalError("there is none") }
}

/// Apple: App
@MainActor @preconcurrency
public protocol App {
    associatedtype Body: Scene
    /// Apple: body
    @SceneBuilder var body: Body { get }
    /// Apple: init()
    init()
}

extension App {
    /// Apple: main(). The app is made once, and its delegate for each run.
    public static func main() {
        _ = Self()
        Delegate.play()
    }
}

/// The one delegate of an app.
@MainActor
private enum Delegate {
    static var play: () -> Void = { fatalError("the app names no delegate") }
    private static var isNamed = false

    // Apple, UIApplicationDelegateAdaptor: more than one is an error at run time.
    static func name(_ play: @escaping () -> Void) {
        precondition(!isNamed, "the app names two delegates")
        isNamed = true
        self.play = play
    }
}

/// Apple: DynamicProperty
public protocol DynamicProperty {}

/// Apple: UIApplicationDelegateAdaptor
@MainActor @preconcurrency @propertyWrapper
public struct UIApplicationDelegateAdaptor<DelegateType>: DynamicProperty
where DelegateType: NSObject, DelegateType: UIApplicationDelegate {
    /// Apple: wrappedValue
    public var wrappedValue: DelegateType { UIApplication.shared.delegate as! DelegateType }
    /// Apple: init(_:)
    public init(_ delegateType: DelegateType.Type = DelegateType.self) {
        Delegate.name { playApp(hosted(delegateType)) }
    }
}

/// Apple: WKApplicationDelegateAdaptor
@MainActor @preconcurrency @propertyWrapper
public struct WKApplicationDelegateAdaptor<DelegateType>: DynamicProperty
where DelegateType: NSObject, DelegateType: WKApplicationDelegate {
    /// Apple: wrappedValue
    public var wrappedValue: DelegateType { WKApplication.shared().delegate as! DelegateType }
    /// Apple: init(_:)
    public init(_ delegateType: DelegateType.Type = DelegateType.self) {
        let made = hosted(delegateType)
        Delegate.name { playWatchApp { made.init() as! any WatchDelegate } }
    }
}
