// What an app's own code asks the network, over the virtual device: each request is answered later, off the main thread, every second
// one by an error.
import VirtualDevice

/// What an answer says: an empty object, and every second time what is no JSON.
let answerBody = Data("{}".utf8)
private let otherBody = Data("<html></html>".utf8)
private let answers = Kept(0)

// The toolchain has these in a module of their own, whose library asks for those of a network.
#if !canImport(Darwin)
/// Apple: URLRequest
public struct URLRequest: Hashable, Sendable {
    /// Apple: URLRequest.CachePolicy
    public enum CachePolicy: Sendable {
        case useProtocolCachePolicy, reloadIgnoringLocalCacheData, returnCacheDataElseLoad, returnCacheDataDontLoad, reloadRevalidatingCacheData
    }
    public var url: URL?
    public var cachePolicy: CachePolicy
    public var timeoutInterval: TimeInterval
    public var httpMethod: String? = "GET"
    public var httpBody: Data?
    public var allHTTPHeaderFields: [String: String]? = [:]

    /// Apple: init(url:cachePolicy:timeoutInterval:)
    public init(url: URL, cachePolicy: CachePolicy = .useProtocolCachePolicy, timeoutInterval: TimeInterval = 60) {
        self.url = url
        self.cachePolicy = cachePolicy
        self.timeoutInterval = timeoutInterval
    }

    /// Apple: setValue(_:forHTTPHeaderField:)
    public mutating func setValue(_ value: String?, forHTTPHeaderField field: String) { allHTTPHeaderFields?[field] = value }
    /// Apple: addValue(_:forHTTPHeaderField:)
    public mutating func addValue(_ value: String, forHTTPHeaderField field: String) { setValue(value, forHTTPHeaderField: field) }
    /// Apple: value(forHTTPHeaderField:)
    public func value(forHTTPHeaderField field: String) -> String? { allHTTPHeaderFields?[field] }
}

/// Apple: URLResponse
open class URLResponse: NSObject, @unchecked Sendable {
    public let url: URL?

    init(_ url: URL?) { self.url = url }
}

/// Apple: HTTPURLResponse
open class HTTPURLResponse: URLResponse, @unchecked Sendable {
    public let statusCode: Int
    public let allHeaderFields: [AnyHashable: Any] = [:]

    /// Apple: init(url:statusCode:httpVersion:headerFields:)
    public init?(url: URL, statusCode: Int, httpVersion HTTPVersion: String?, headerFields: [String: String]?) {
        self.statusCode = statusCode
        super.init(url)
    }

    /// Apple: value(forHTTPHeaderField:)
    public func value(forHTTPHeaderField field: String) -> String? { nil }
}
#endif

/// Apple: URLSessionConfiguration
open class URLSessionConfiguration: NSObject, @unchecked Sendable {
    /// Apple: default
    public class var `default`: URLSessionConfiguration { URLSessionConfiguration() }
    /// Apple: ephemeral
    public class var ephemeral: URLSessionConfiguration { URLSessionConfiguration() }
    public var timeoutIntervalForRequest: TimeInterval = 60
    public var timeoutIntervalForResource: TimeInterval = 604_800
    public var waitsForConnectivity = false
    public var allowsCellularAccess = true
    public var httpAdditionalHeaders: [AnyHashable: Any]?
    public var requestCachePolicy = URLRequest.CachePolicy.useProtocolCachePolicy
}

/// Apple: URLSessionTask, which does nothing before it is resumed.
open class URLSessionTask: NSObject, @unchecked Sendable {
    public typealias Handler = @Sendable (Data?, URLResponse?, (any Error)?) -> Void
    private var answer: Handler?
    private var isCancelled = false
    private let url: URL?

    init(_ url: URL?, _ answer: @escaping Handler) {
        self.url = url
        self.answer = answer
    }

    /// Apple: resume()
    public func resume() {
        guard let answer else { return }
        self.answer = nil
        playWork("request") { became in
            if became == .good, !self.isCancelled {
                answers.value += 1
                answer(answers.value % 2 == 1 ? answerBody : otherBody, self.response, nil)
            } else {
                answer(nil, nil, URLError(self.isCancelled ? .cancelled : .notConnectedToInternet))
            }
        }
    }

    /// Apple: cancel(), after which the handler hears of that as of any other error.
    public func cancel() { isCancelled = true }

    private var response: URLResponse? {
        url.flatMap { HTTPURLResponse(url: $0, statusCode: 200, httpVersion: nil, headerFields: nil) }
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
    ) -> URLSessionDataTask { URLSessionDataTask(url, completionHandler) }

    /// Apple: dataTask(with:completionHandler:)
    public func dataTask(
        with request: URLRequest, completionHandler: @escaping @Sendable (Data?, URLResponse?, (any Error)?) -> Void
    ) -> URLSessionDataTask { URLSessionDataTask(request.url, completionHandler) }

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

/// Apple: URLSessionUploadTask
open class URLSessionUploadTask: URLSessionDataTask, @unchecked Sendable {}

/// Apple: URLSessionDownloadTask
open class URLSessionDownloadTask: URLSessionTask, @unchecked Sendable {}

extension URLSession {
    /// Apple: uploadTask(with:from:completionHandler:)
    public func uploadTask(
        with request: URLRequest, from bodyData: Data?,
        completionHandler: @escaping @Sendable (Data?, URLResponse?, (any Error)?) -> Void
    ) -> URLSessionUploadTask { URLSessionUploadTask(request.url, completionHandler) }

    /// Apple: downloadTask(with:completionHandler:), of a file that is there while its handler runs.
    public func downloadTask(
        with request: URLRequest, completionHandler: @escaping @Sendable (URL?, URLResponse?, (any Error)?) -> Void
    ) -> URLSessionDownloadTask {
        URLSessionDownloadTask(request.url) { data, response, error in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("CFNetworkDownload.tmp")
            if let data { try? data.write(to: file) }
            completionHandler(data.map { _ in file }, response, error)
            try? FileManager.default.removeItem(at: file)
        }
    }

    /// Apple: downloadTask(with:completionHandler:)
    public func downloadTask(
        with url: URL, completionHandler: @escaping @Sendable (URL?, URLResponse?, (any Error)?) -> Void
    ) -> URLSessionDownloadTask { downloadTask(with: URLRequest(url: url), completionHandler: completionHandler) }

    /// Apple: upload(for:from:)
    public func upload(for request: URLRequest, from bodyData: Data) async throws -> (Data, URLResponse) { try await data(for: request) }

    /// Apple: finishTasksAndInvalidate()
    public func finishTasksAndInvalidate() {}
}
