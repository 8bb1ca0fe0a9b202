// What an app asks a web view for its user agent with; here no web view answers.
@_exported import VirtualFoundation

/// Apple: WKWebView. No view here, since these modules are compiled at the same time.
@MainActor @preconcurrency
open class WKWebView: NSObject {
    /// Apple: evaluateJavaScript(_:completionHandler:)
    public func evaluateJavaScript(
        _ javaScriptString: String, completionHandler: (@MainActor @Sendable (Any?, (any Error)?) -> Void)? = nil
    ) {}
}
