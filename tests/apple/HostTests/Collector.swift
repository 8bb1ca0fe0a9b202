import UIKit

/// The server of the hits, in the process: they are always https, to a host that must not hear of tests.
final class Collector: URLProtocol {
    /// Puts the collector before the network, in every session of the default configuration: each hit makes its own (Sender.swift).
    static let installed: Void = method_exchangeImplementations(
        class_getClassMethod(URLSessionConfiguration.self, NSSelectorFromString("defaultSessionConfiguration"))!,
        class_getClassMethod(URLSessionConfiguration.self, NSSelectorFromString("collectedSessionConfiguration"))!
    )

    override class func canInit(with request: URLRequest) -> Bool {
        request.url?.host?.hasSuffix(".xiti.com") ?? false
    }

    override class func canonicalRequest(for request: URLRequest) -> URLRequest {
        request
    }

    override func startLoading() {
        let url = request.url!
        let tag = URLComponents(url: url, resolvingAgainstBaseURL: false)?.queryItems?.first { $0.name == "bg" }?.value
        Story.add(tag.map { "hit bg=\($0)" } ?? "hit")
        let answer = HTTPURLResponse(url: url, statusCode: 200, httpVersion: "HTTP/1.1", headerFields: nil)!
        client?.urlProtocol(self, didReceive: answer, cacheStoragePolicy: .notAllowed)
        client?.urlProtocol(self, didLoad: Data())
        client?.urlProtocolDidFinishLoading(self)
    }

    override func stopLoading() {}
}

extension URLSessionConfiguration {
    @objc(collectedSessionConfiguration)
    dynamic class func collected() -> URLSessionConfiguration {
        let configuration = collected()  // the original: the two are exchanged
        configuration.protocolClasses = [Collector.self] + (configuration.protocolClasses ?? [])
        return configuration
    }
}
