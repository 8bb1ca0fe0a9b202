// Stand-in for the modules Dispatch and Foundation: earlier on the search path than the toolchain's own, whose DispatchQueue
// would be a second one.
@_exported import VirtualFoundation
