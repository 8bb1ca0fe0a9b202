// Starts the app of a delegate in Swift that has no @main.
import UIKit

@main
enum Start {
    @MainActor static func main() {
        let delegate = NSStringFromClass(AppDelegate.self)
        _ = UIApplicationMain(CommandLine.argc, CommandLine.unsafeArgv, nil, delegate)
    }
}
