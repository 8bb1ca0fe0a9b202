// The unified log, which nobody reads here.
@_exported import VirtualFoundation

/// Apple: OSLogType
public struct OSLogType: Equatable, Sendable {
    let rawValue: UInt8
    public static let `default` = OSLogType(rawValue: 0x00)
    public static let info = OSLogType(rawValue: 0x01)
    public static let debug = OSLogType(rawValue: 0x02)
    public static let error = OSLogType(rawValue: 0x10)
    public static let fault = OSLogType(rawValue: 0x11)
}

/// Apple: OSLog
open class OSLog: NSObject, @unchecked Sendable {
    /// Apple: default
    public class var `default`: OSLog { OSLog(subsystem: "", category: "") }
    /// Apple: init(subsystem:category:)
    public init(subsystem: String, category: String) {}
}

/// Apple: os_log(_:log:type:_:)
public func os_log(_ message: StaticString, log: OSLog = .default, type: OSLogType = .default, _ args: any CVarArg...) {}
/// Apple: os_log(_:dso:log:_:_:)
public func os_log(_ type: OSLogType, log: OSLog = .default, _ message: StaticString, _ args: any CVarArg...) {}

/// Apple: OSLogPrivacy
public struct OSLogPrivacy: Sendable {
    public static let `public` = OSLogPrivacy()
    public static let `private` = OSLogPrivacy()
    public static let auto = OSLogPrivacy()
    public static let sensitive = OSLogPrivacy()
}

/// Apple: OSLogMessage
public struct OSLogMessage: ExpressibleByStringInterpolation {
    public struct StringInterpolation: StringInterpolationProtocol {
        public init(literalCapacity: Int, interpolationCount: Int) {}
        public func appendLiteral(_ literal: String) {}
        public func appendInterpolation<Value>(_ value: @autoclosure () -> Value, privacy: OSLogPrivacy = .auto) {}
    }
    public init(stringLiteral value: String) {}
    public init(stringInterpolation: StringInterpolation) {}
}

/// Apple: Logger
public struct Logger: Sendable {
    /// Apple: init(subsystem:category:)
    public init(subsystem: String, category: String) {}
    /// Apple: init()
    public init() {}
    /// Apple: log(_:)
    public func log(_ message: OSLogMessage) {}
    /// Apple: log(level:_:)
    public func log(level: OSLogType, _ message: OSLogMessage) {}
    /// Apple: trace(_:)
    public func trace(_ message: OSLogMessage) {}
    /// Apple: debug(_:)
    public func debug(_ message: OSLogMessage) {}
    /// Apple: info(_:)
    public func info(_ message: OSLogMessage) {}
    /// Apple: notice(_:)
    public func notice(_ message: OSLogMessage) {}
    /// Apple: warning(_:)
    public func warning(_ message: OSLogMessage) {}
    /// Apple: error(_:)
    public func error(_ message: OSLogMessage) {}
    /// Apple: critical(_:)
    public func critical(_ message: OSLogMessage) {}
    /// Apple: fault(_:)
    public func fault(_ message: OSLogMessage) {}
}
