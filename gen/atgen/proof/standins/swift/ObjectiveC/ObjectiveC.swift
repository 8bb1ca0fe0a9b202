// Stand-in for the module ObjectiveC, where there is none. The compiler treats NSObject of a module of this very name as it
// does the real one: its subclasses may be isolated to the main actor and Sendable (lib/AST/Decl.cpp, ClassDecl::isNSObject).

/// Apple: NSObjectProtocol
public protocol NSObjectProtocol: AnyObject {
    /// Apple: isEqual(_:)
    func isEqual(_ object: Any?) -> Bool
}

/// Apple: NSObject
open class NSObject: NSObjectProtocol, Hashable {
    public init() {}
    open func isEqual(_ object: Any?) -> Bool { object.flatMap { $0 as? NSObject } === self }
    public static func == (one: NSObject, other: NSObject) -> Bool { one === other }
    /// Apple: hash
    open var hash: Int { ObjectIdentifier(self).hashValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}
