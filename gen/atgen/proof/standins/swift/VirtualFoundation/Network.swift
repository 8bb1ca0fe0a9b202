// What an app's own code asks the network, over the virtual device: each request is answered later, off the main thread, every second
// one by an error.
import VirtualDevice

#if !canImport(Darwin)
/// Apple: URL
public struct URL: Hashable, Sendable {
    public let absoluteString: String

    /// Apple: init(string:)
    public init?(string: String) {
        guard !string.isEmpty else { return nil }
        absoluteString = string
    }
}

/// Apple: Data
public struct Data: Hashable, Sendable {
    /// Apple: init()
    public init() {}
    public var count: Int { 0 }
    public var isEmpty: Bool { true }
}

/// Apple: URLRequest
public struct URLRequest: Hashable, Sendable {
    public var url: URL?
    public var timeoutInterval: TimeInterval
    public var httpMethod: String? = "GET"

    /// Apple: init(url:cachePolicy:timeoutInterval:)
    public init(url: URL, timeoutInterval: TimeInterval = 60) {
        self.url = url
        self.timeoutInterval = timeoutInterval
    }

    /// Apple: setValue(_:forHTTPHeaderField:)
    public mutating func setValue(_ value: String?, forHTTPHeaderField field: String) {}
}

/// Apple: URLResponse
open class URLResponse: NSObject, @unchecked Sendable {}

/// Apple: HTTPURLResponse
open class HTTPURLResponse: URLResponse, @unchecked Sendable {
    public var statusCode: Int { 200 }
    fileprivate static let ok = HTTPURLResponse()
}

/// Apple: URLError
public struct URLError: Error, Sendable {
    /// Apple: URLError.Code
    public enum Code: Sendable { case notConnectedToInternet, cancelled }
    public let code: Code

    /// Apple: init(_:userInfo:)
    public init(_ code: Code) { self.code = code }
}
#endif

/// Apple: URLSessionConfiguration
open class URLSessionConfiguration: NSObject, @unchecked Sendable {
    /// Apple: default
    public class var `default`: URLSessionConfiguration { URLSessionConfiguration() }
    /// Apple: ephemeral
    public class var ephemeral: URLSessionConfiguration { URLSessionConfiguration() }
    public var timeoutIntervalForRequest: TimeInterval = 60
}

/// Apple: URLSessionTask, which does nothing before it is resumed.
open class URLSessionTask: NSObject, @unchecked Sendable {
    public typealias Handler = @Sendable (Data?, URLResponse?, (any Error)?) -> Void
    private var answer: Handler?
    private var isCancelled = false

    init(_ answer: @escaping Handler) {
        self.answer = answer
    }

    /// Apple: resume()
    public func resume() {
        guard let answer else { return }
        self.answer = nil
        playWork("request") { became in
            if became == .good, !self.isCancelled {
                answer(Data(), Self.response, nil)
            } else {
                answer(nil, nil, URLError(self.isCancelled ? .cancelled : .notConnectedToInternet))
            }
        }
    }

    /// Apple: cancel(), after which the handler hears of that as of any other error.
    public func cancel() { isCancelled = true }

    private static var response: URLResponse {
        #if canImport(Darwin)
        URLResponse()
        #else
        HTTPURLResponse.ok
        #endif
    }
}

/// Apple: URLSessionDataTask
open class URLSessionDataTask: URLSessionTask, @unchecked Sendable {}

/// Apple: URLSession
open class URLSession: NSObject, @unchecked Sendable {
    /// Apple: shared
    public class var shared: URLSession { session }
    private static let session = URLSession(configuration: .default)

    /// Apple: init(configuration:)
    public init(configuration: URLSessionConfiguration) {}

    /// Apple: dataTask(with:completionHandler:)
    public func dataTask(
        with url: URL, completionHandler: @escaping @Sendable (Data?, URLResponse?, (any Error)?) -> Void
    ) -> URLSessionDataTask { URLSessionDataTask(completionHandler) }

    /// Apple: dataTask(with:completionHandler:)
    public func dataTask(
        with request: URLRequest, completionHandler: @escaping @Sendable (Data?, URLResponse?, (any Error)?) -> Void
    ) -> URLSessionDataTask { URLSessionDataTask(completionHandler) }

    /// Apple: data(from:)
    public func data(from url: URL) async throws -> (Data, URLResponse) {
        try await data(for: URLRequest(url: url))
    }

    /// Apple: data(for:)
    public func data(for request: URLRequest) async throws -> (Data, URLResponse) {
        try await withCheckedThrowingContinuation { continuation in
            dataTask(with: request) { data, response, error in
                if let data, let response {
                    continuation.resume(returning: (data, response))
                } else if let error {
                    continuation.resume(throwing: error)
                }
            }.resume()
        }
    }
}
