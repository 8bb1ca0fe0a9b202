// Scenes and views: enough for an app's first files to compile.

#if !FOUNDATION
/// Apple: CGRect
public struct CGRect: Sendable {}
#endif

/// Apple: UIScreen
@MainActor @preconcurrency
open class UIScreen {
    /// Apple: main
    public class var main: UIScreen { UIScreen() }
    /// Apple: bounds
    public var bounds: CGRect { CGRect() }
}

/// Apple: UIColor
public final class UIColor: NSObject, @unchecked Sendable {
    /// Apple: systemGray
    public class var systemGray: UIColor { UIColor() }
}

/// Apple: UIView
@MainActor @preconcurrency
open class UIView: UIResponder {
    /// Apple: backgroundColor
    open var backgroundColor: UIColor?
    /// Apple: tintColor
    open var tintColor: UIColor?
}

/// Apple: NSTextAlignment
public enum NSTextAlignment: Int, Sendable { case left, center, right, justified, natural }

/// Apple: UILabel
@MainActor @preconcurrency
open class UILabel: UIView {
    /// Apple: text
    open var text: String?
    /// Apple: textAlignment
    open var textAlignment = NSTextAlignment.natural
    /// Apple: numberOfLines
    open var numberOfLines = 1
}

/// Apple: UIViewController
@MainActor @preconcurrency
open class UIViewController: UIResponder {
    /// Apple: view
    open var view: UIView!
    /// Apple: loadView()
    open func loadView() { view = UIView() }
    /// Apple: viewDidLoad()
    open func viewDidLoad() {}
}

/// Apple: UIWindow
@MainActor @preconcurrency
open class UIWindow: UIView {
    public required init() {}
    /// Apple: init(frame:)
    public init(frame: CGRect) {}
    /// Apple: init(windowScene:)
    public init(windowScene: UIWindowScene) {}
    /// Apple: rootViewController
    open var rootViewController: UIViewController?
    /// Apple: makeKeyAndVisible()
    open func makeKeyAndVisible() {}
}

/// Apple: UIScene
@MainActor @preconcurrency
open class UIScene: UIResponder {
    /// Apple: UIScene.ConnectionOptions
    @MainActor @preconcurrency
    open class ConnectionOptions {}
    /// Apple: delegate
    open var delegate: (any UISceneDelegate)?
}

/// Apple: UIWindowScene
@MainActor @preconcurrency
open class UIWindowScene: UIScene {}

/// Apple: UISceneSession
@MainActor @preconcurrency
open class UISceneSession: NSObject {}

/// Apple: UISceneDelegate; there every requirement is optional.
@MainActor @preconcurrency
public protocol UISceneDelegate: AnyObject {
    /// Apple: scene(_:willConnectTo:options:)
    func scene(_ scene: UIScene, willConnectTo session: UISceneSession, options connectionOptions: UIScene.ConnectionOptions)
    /// Apple: sceneDidEnterBackground(_:)
    func sceneDidEnterBackground(_ scene: UIScene)
    /// Apple: sceneWillResignActive(_:)
    func sceneWillResignActive(_ scene: UIScene)
    /// Apple: sceneWillEnterForeground(_:)
    func sceneWillEnterForeground(_ scene: UIScene)
    /// Apple: sceneDidBecomeActive(_:)
    func sceneDidBecomeActive(_ scene: UIScene)
}

extension UISceneDelegate {
    public func scene(
        _ scene: UIScene, willConnectTo session: UISceneSession, options connectionOptions: UIScene.ConnectionOptions
    ) {}
    public func sceneDidEnterBackground(_ scene: UIScene) {}
    public func sceneWillResignActive(_ scene: UIScene) {}
    public func sceneWillEnterForeground(_ scene: UIScene) {}
    public func sceneDidBecomeActive(_ scene: UIScene) {}
}

/// Apple: UIWindowSceneDelegate
@MainActor @preconcurrency
public protocol UIWindowSceneDelegate: UISceneDelegate {
    /// Apple: window
    var window: UIWindow? { get set }
}
