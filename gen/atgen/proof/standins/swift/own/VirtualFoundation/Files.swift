// The app's files, of which there are none at first: what is written is there until the run is over. Those of the machine are never
// touched, whatever an app does.

private let files = Kept<[String: Data]>([:])
private let folders = Kept<Set<String>>([])
private let home = "/var/mobile/Containers/Data/Application/4B1D"

/// Apple: NSHomeDirectory()
public func NSHomeDirectory() -> String { home }
/// Apple: NSTemporaryDirectory()
public func NSTemporaryDirectory() -> String { home + "/tmp/" }

private func missing(_ path: String) -> CocoaError { CocoaError(.fileReadNoSuchFile, userInfo: ["NSFilePath": path]) }

private func read(_ path: String) throws -> Data {
    guard let data = files.value[path] else { throw missing(path) }
    return data
}

extension Data {
    /// Apple: init(contentsOf:options:)
    public init(contentsOf url: __shared URL, options: Data.ReadingOptions = []) throws { self = try read(url.path) }
    /// Apple: write(to:options:)
    public func write(to url: URL, options: Data.WritingOptions = []) throws { files.value[url.path] = self }
}

extension String {
    /// Apple: init(contentsOf:encoding:)
    public init(contentsOf url: __shared URL, encoding enc: String.Encoding) throws { try self.init(contentsOfFile: url.path, encoding: enc) }
    /// Apple: init(contentsOfFile:encoding:)
    public init(contentsOfFile path: __shared String, encoding enc: String.Encoding) throws {
        guard let text = String(data: try read(path), encoding: enc) else { throw CocoaError(.fileReadInapplicableStringEncoding) }
        self = text
    }
}

extension StringProtocol {
    /// Apple: write(to:atomically:encoding:)
    public func write(to url: URL, atomically useAuxiliaryFile: Bool, encoding enc: String.Encoding) throws {
        files.value[url.path] = data(using: enc)
    }
    /// Apple: write(toFile:atomically:encoding:)
    public func write(toFile path: String, atomically useAuxiliaryFile: Bool, encoding enc: String.Encoding) throws {
        files.value[path] = data(using: enc)
    }
}

/// Apple: FileManager
open class FileManager: NSObject, @unchecked Sendable {
    public typealias SearchPathDirectory = Foundation.FileManager.SearchPathDirectory
    public typealias SearchPathDomainMask = Foundation.FileManager.SearchPathDomainMask
    public typealias DirectoryEnumerationOptions = Foundation.FileManager.DirectoryEnumerationOptions
    /// Apple: default
    public class var `default`: FileManager { manager }
    private static let manager = FileManager()

    /// Apple: temporaryDirectory
    public var temporaryDirectory: URL { URL(fileURLWithPath: NSTemporaryDirectory()) }

    /// Apple: urls(for:in:)
    public func urls(for directory: SearchPathDirectory, in domainMask: SearchPathDomainMask) -> [URL] {
        let name =
            switch directory {
            case .documentDirectory: "Documents"
            case .cachesDirectory: "Library/Caches"
            case .applicationSupportDirectory: "Library/Application Support"
            default: "Library"
            }
        return [URL(fileURLWithPath: "\(home)/\(name)", isDirectory: true)]
    }

    /// Apple: url(for:in:appropriateFor:create:)
    public func url(
        for directory: SearchPathDirectory, in domain: SearchPathDomainMask, appropriateFor url: URL?, create shouldCreate: Bool
    ) throws -> URL { urls(for: directory, in: domain)[0] }

    /// Apple: containerURL(forSecurityApplicationGroupIdentifier:)
    public func containerURL(forSecurityApplicationGroupIdentifier groupIdentifier: String) -> URL? {
        URL(fileURLWithPath: "\(home)/\(groupIdentifier)", isDirectory: true)
    }

    /// Apple: fileExists(atPath:)
    public func fileExists(atPath path: String) -> Bool {
        files.value[path] != nil || folders.value.contains(path) || !names(in: path).isEmpty
    }

    /// Apple: contents(atPath:)
    public func contents(atPath path: String) -> Data? { files.value[path] }

    /// Apple: createFile(atPath:contents:attributes:)
    @discardableResult
    public func createFile(atPath path: String, contents data: Data?, attributes attr: [FileAttributeKey: Any]? = nil) -> Bool {
        files.value[path] = data ?? Data()
        return true
    }

    /// Apple: createDirectory(at:withIntermediateDirectories:attributes:)
    public func createDirectory(
        at url: URL, withIntermediateDirectories createIntermediates: Bool, attributes: [FileAttributeKey: Any]? = nil
    ) throws { folders.value.insert(url.path) }

    /// Apple: createDirectory(atPath:withIntermediateDirectories:attributes:)
    public func createDirectory(
        atPath path: String, withIntermediateDirectories createIntermediates: Bool, attributes: [FileAttributeKey: Any]? = nil
    ) throws { folders.value.insert(path) }

    /// Apple: contentsOfDirectory(atPath:)
    public func contentsOfDirectory(atPath path: String) throws -> [String] { names(in: path) }

    /// Apple: contentsOfDirectory(at:includingPropertiesForKeys:options:)
    public func contentsOfDirectory(
        at url: URL, includingPropertiesForKeys keys: [URLResourceKey]?, options mask: DirectoryEnumerationOptions = []
    ) throws -> [URL] { names(in: url.path).map { url.appendingPathComponent($0) } }

    /// Apple: attributesOfItem(atPath:)
    public func attributesOfItem(atPath path: String) throws -> [FileAttributeKey: Any] {
        [.size: try read(path).count, .modificationDate: Date()]
    }

    /// Apple: removeItem(atPath:)
    public func removeItem(atPath path: String) throws {
        guard fileExists(atPath: path) else { throw missing(path) }
        files.value = files.value.filter { $0.key != path && !$0.key.hasPrefix(path + "/") }
        folders.value.remove(path)
    }

    /// Apple: removeItem(at:)
    public func removeItem(at URL: URL) throws { try removeItem(atPath: URL.path) }

    /// Apple: copyItem(at:to:)
    public func copyItem(at srcURL: URL, to dstURL: URL) throws { files.value[dstURL.path] = try read(srcURL.path) }

    /// Apple: moveItem(at:to:)
    public func moveItem(at srcURL: URL, to dstURL: URL) throws {
        try copyItem(at: srcURL, to: dstURL)
        files.value[srcURL.path] = nil
    }

    private func names(in folder: String) -> [String] {
        let begin = folder.hasSuffix("/") ? folder : folder + "/"
        let inside = (Array(files.value.keys) + folders.value).filter { $0.hasPrefix(begin) && $0 != begin }
        return Set(inside.map { String($0.dropFirst(begin.count).prefix { $0 != "/" }) }).sorted()
    }
}

/// Apple: Bundle, the app's own, which has no resources here.
open class Bundle: NSObject, @unchecked Sendable {
    /// Apple: main
    public class var main: Bundle { bundle }
    private static let bundle = Bundle()
    /// Apple: init(for:)
    public convenience init(for aClass: AnyClass) { self.init() }
    /// Apple: bundleIdentifier
    public var bundleIdentifier: String? { "com.example.app" }
    /// Apple: infoDictionary
    public var infoDictionary: [String: Any]? {
        [
            "CFBundleIdentifier": "com.example.app", "CFBundleName": "App", "CFBundleDisplayName": "App",
            "CFBundleShortVersionString": "1.0", "CFBundleVersion": "1",
        ]
    }
    /// Apple: object(forInfoDictionaryKey:)
    public func object(forInfoDictionaryKey key: String) -> Any? { infoDictionary?[key] }
    /// Apple: appStoreReceiptURL
    public var appStoreReceiptURL: URL? { nil }
    /// Apple: url(forResource:withExtension:)
    public func url(forResource name: String?, withExtension ext: String?) -> URL? { nil }
    /// Apple: path(forResource:ofType:)
    public func path(forResource name: String?, ofType ext: String?) -> String? { nil }
}

/// Apple: NSLocalizedString(_:tableName:bundle:value:comment:), of an app with one language.
public func NSLocalizedString(_ key: String, comment: String) -> String { key }
