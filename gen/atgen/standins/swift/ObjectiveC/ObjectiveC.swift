// Stand-in for the module ObjectiveC, where there is none. The compiler treats NSObject of a module of this very name as it
// does the real one: its subclasses may be isolated to the main actor and Sendable (lib/AST/Decl.cpp, ClassDecl::isNSObject).

/// Apple: NSObject
open class NSObject {
    public init() {}
}
