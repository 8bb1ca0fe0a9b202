// Stand-in for the module Tracker of ATInternet-Apple-SDK 2.23.10: its names and signatures, over the virtual device of device.h,
// which keeps the rules. Each comment names the file of the SDK's Sources that it mirrors. Compiled as Swift 5, as the SDK is.
import VirtualDevice
import VirtualFoundation

/// ATInternet.swift
public class ATInternet: NSObject {
    nonisolated(unsafe) private static var instance: ATInternet?
    private var trackers: [String: Tracker] = [:]

    private override init() {}

    public class var sharedInstance: ATInternet {
        if let instance { return instance }
        let made = ATInternet()
        instance = made
        device_at_end { ATInternet.instance = nil }
        return made
    }

    public var defaultTracker: Tracker { tracker("defaultTracker") }

    public var userAgent = "" {
        didSet { device_has_user_agent = !userAgent.isEmpty }
    }

    public func tracker(_ name: String) -> Tracker { tracker(name, configuration: [:]) }

    public func tracker(_ name: String, configuration: [String: String]) -> Tracker {
        if let tracker = trackers[name] { return tracker }
        for (key, value) in configuration { device_setting(key, value) }
        let tracker = Tracker(number: device_tracker(name), isGlobal: name == "defaultTracker")
        trackers[name] = tracker
        return tracker
    }
}

/// Tracker.swift
public enum BackgroundMode: Int { case normal = 0, task = 1, fetch = 2 }

/// Tracker.swift
public enum HitStatus: Int { case failed = 0, success = 1 }

/// Tracker.swift; there every requirement is optional.
public protocol TrackerDelegate: AnyObject {
    func trackerNeedsFirstLaunchApproval(_ message: String)
    func buildDidEnd(_ status: HitStatus, message: String)
    func sendDidEnd(_ status: HitStatus, message: String)
    func saveDidEnd(_ message: String)
    func didCallPartner(_ response: String)
    func warningDidOccur(_ message: String)
    func errorDidOccur(_ message: String)
}

/// A requirement that is optional in Objective-C, as `delegate.method?(…)` calls it.
public struct OptionalMethod {
    let body: (HitStatus, String) -> Void

    public func callAsFunction(_ message: String) { body(.failed, message) }
    public func callAsFunction(_ status: HitStatus, message: String) { body(status, message) }
}

/// What other code puts into a tracker's slot.
private final class OtherDelegate: TrackerDelegate {}

/// What the app itself has put into the global tracker's slot; who takes its place is to pass on what it hears.
private final class FormerDelegate: TrackerDelegate {
    private let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    func buildDidEnd(_ status: HitStatus, message: String) { hear(DEVICE_BUILD_DID_END, message, status) }
    func sendDidEnd(_ status: HitStatus, message: String) { hear(DEVICE_SEND_DID_END, message, status) }
    func saveDidEnd(_ message: String) { hear(DEVICE_SAVE_DID_END, message) }
    func warningDidOccur(_ message: String) { hear(DEVICE_WARNING_DID_OCCUR, message) }
    func errorDidOccur(_ message: String) { hear(DEVICE_ERROR_DID_OCCUR, message) }

    private func hear(_ method: device_method, _ message: String, _ status: HitStatus = .failed) {
        device_heard(number, method, status == .success, message)
    }
}

extension TrackerDelegate {
    public var buildDidEnd: OptionalMethod? { OptionalMethod { self.buildDidEnd($0, message: $1) } }
    public var sendDidEnd: OptionalMethod? { OptionalMethod { self.sendDidEnd($0, message: $1) } }
    public var saveDidEnd: OptionalMethod? { OptionalMethod { self.saveDidEnd($1) } }
    public var didCallPartner: OptionalMethod? { OptionalMethod { self.didCallPartner($1) } }
    public var warningDidOccur: OptionalMethod? { OptionalMethod { self.warningDidOccur($1) } }
    public var errorDidOccur: OptionalMethod? { OptionalMethod { self.errorDidOccur($1) } }

    public func trackerNeedsFirstLaunchApproval(_ message: String) {}
    public func buildDidEnd(_ status: HitStatus, message: String) {}
    public func sendDidEnd(_ status: HitStatus, message: String) {}
    public func saveDidEnd(_ message: String) {}
    public func didCallPartner(_ response: String) {}
    public func warningDidOccur(_ message: String) {}
    public func errorDidOccur(_ message: String) {}
}

/// Tracker.swift
public class Tracker: NSObject {
    let number: Int32

    init(number: Int32, isGlobal: Bool) {
        self.number = number
        kept = isGlobal ? FormerDelegate(number) : nil
        appDelegate = kept
    }

    public private(set) lazy var context = Context(tracker: self)
    public private(set) lazy var gestures = Gestures(tracker: self)
    public private(set) lazy var screens = Screens(tracker: self)
    public private(set) lazy var events = Events(tracker: self)

    private weak var appDelegate: TrackerDelegate?
    /// Where the slot keeps nobody alive the app itself does so with what it has put there before.
    private var kept: TrackerDelegate?

    public var delegate: TrackerDelegate? {
        get { device_is_taken(number) ? OtherDelegate() : appDelegate }
        set {
            appDelegate = newValue
            if device_keeps_delegates() { kept = newValue }
            let hears: device_listener = { context, method, success, message in
                Unmanaged<Tracker>.fromOpaque(context).takeUnretainedValue()
                    .tell(method, success ? .success : .failed, String(cString: message))
            }
            device_listen(number, newValue == nil ? nil : hears, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    /// Here always at once, as the SDK does when `sync` is true; then it never calls the handler, and else not on the main thread.
    public func setConfig(
        _ configuration: [String: String], override: Bool = false, sync: Bool = false, completionHandler: ((Bool) -> Void)?
    ) {
        for (key, value) in configuration { device_setting(key, value) }
        device_configure(number, override)
        if let completionHandler, !sync { device_async(Int32(DEVICE_GLOBAL), device_block { completionHandler(true) }) }
    }

    private func tell(_ method: device_method, _ status: HitStatus, _ message: String) {
        switch method {
        case DEVICE_BUILD_DID_END: appDelegate?.buildDidEnd(status, message: message)
        case DEVICE_SEND_DID_END: appDelegate?.sendDidEnd(status, message: message)
        case DEVICE_SAVE_DID_END: appDelegate?.saveDidEnd(message)
        case DEVICE_WARNING_DID_OCCUR: appDelegate?.warningDidOccur(message)
        default: appDelegate?.errorDidOccur(message)
        }
    }
}

/// Context.swift
public class Context: NSObject {
    unowned let tracker: Tracker

    init(tracker: Tracker) {
        self.tracker = tracker
    }

    public var backgroundMode: BackgroundMode {
        get { BackgroundMode(rawValue: device_mode(tracker.number))! }
        set { device_set_mode(tracker.number, newValue.rawValue) }
    }
}

/// Privacy.swift
public class Privacy: NSObject {
    private override init() {}

    public class func extendIncludeBuffer(_ visitorMode: String, keys: [String]) {
        for key in keys { device_let_through(visitorMode, key) }
    }
}

/// Gesture.swift
public class Gestures: NSObject {
    unowned let tracker: Tracker

    init(tracker: Tracker) {
        self.tracker = tracker
    }

    public func add() -> Gesture { Gesture(tracker: tracker) }

    public func add(_ name: String) -> Gesture {
        let gesture = add()
        gesture.name = name
        return gesture
    }

    public func add(_ name: String, chapter1: String) -> Gesture {
        let gesture = add(name)
        gesture.chapter1 = chapter1
        return gesture
    }

    public func add(_ name: String, chapter1: String, chapter2: String) -> Gesture {
        let gesture = add(name, chapter1: chapter1)
        gesture.chapter2 = chapter2
        return gesture
    }

    public func add(_ name: String, chapter1: String, chapter2: String, chapter3: String) -> Gesture {
        let gesture = add(name, chapter1: chapter1, chapter2: chapter2)
        gesture.chapter3 = chapter3
        return gesture
    }
}

/// Gesture.swift
public class Gesture: NSObject {
    let tracker: Tracker
    public var name = ""
    public var chapter1: String?
    public var chapter2: String?
    public var chapter3: String?
    public var level2 = 0
    public var action = GestureAction.touch

    public enum GestureAction: Int { case touch = 0, navigate = 1, download = 2, exit = 3, search = 4 }

    init(tracker: Tracker) {
        self.tracker = tracker
    }

    public func sendTouch() { send(.touch) }
    public func sendNavigation() { send(.navigate) }
    public func sendDownload() { send(.download) }
    public func sendExit() { send(.exit) }
    public func sendSearch() { send(.search) }

    private func send(_ action: GestureAction) {
        self.action = action
        device_hit(tracker.number, action.rawValue, name, chapter1, chapter2, chapter3)
    }
}

/// Screen.swift
public class Screens: NSObject {
    unowned let tracker: Tracker

    init(tracker: Tracker) {
        self.tracker = tracker
    }

    public func add() -> Screen { Screen(tracker: tracker) }

    public func add(_ name: String) -> Screen {
        let screen = add()
        screen.name = name
        return screen
    }

    public func add(_ name: String, chapter1: String) -> Screen {
        let screen = add(name)
        screen.chapter1 = chapter1
        return screen
    }

    public func add(_ name: String, chapter1: String, chapter2: String) -> Screen {
        let screen = add(name, chapter1: chapter1)
        screen.chapter2 = chapter2
        return screen
    }

    public func add(_ name: String, chapter1: String, chapter2: String, chapter3: String) -> Screen {
        let screen = add(name, chapter1: chapter1, chapter2: chapter2)
        screen.chapter3 = chapter3
        return screen
    }
}

/// Screen.swift
public class Screen: NSObject {
    let tracker: Tracker
    public var name = ""
    public var chapter1: String?
    public var chapter2: String?
    public var chapter3: String?
    public var level2 = 0

    init(tracker: Tracker) {
        self.tracker = tracker
    }

    public func sendView() {
        device_hit(tracker.number, Int(DEVICE_VIEW), name, chapter1, chapter2, chapter3)
    }
}

/// Event.swift
public class Event: NSObject {
    public var name: String
    let data: [String: Any]

    init(name: String, data: [String: Any]) {
        self.name = name
        self.data = data
    }
}

/// Event.swift, where results may not be discarded. Of what JSON holds, texts, whole numbers and booleans are taken.
public class Events: NSObject {
    unowned let tracker: Tracker
    private var added: [Event] = []

    init(tracker: Tracker) {
        self.tracker = tracker
    }

    public func add(name: String, data: [String: Any]) -> Event {
        let event = Event(name: name, data: data)
        added.append(event)
        return event
    }

    public func send() {
        for event in added {
            for (key, value) in event.data {
                switch value {
                case let text as String: device_text(key, text)
                case let truth as Bool: device_boolean(key, truth)
                case let number as Int: device_integer(key, number)
                default: fatalError("\(key) is neither a text nor a whole number or a boolean: \(value)")
                }
            }
            device_event(tracker.number, event.name)
        }
        added = []
        device_send_events(tracker.number)
    }
}

// Public classes of the SDK whose names an app's own classes must not bear: where they do, a file that imports Tracker is ambiguous.
public class Aisle: NSObject {}
public class BackgroundTask: NSObject {}
public class BusinessObject: NSObject {}
public class Campaign: NSObject {}
public class Cart: NSObject {}
public class Hit: NSObject {}
public class Location: NSObject {}
public class Media: NSObject {}
public class Offline: NSObject {}
public class Order: NSObject {}
public class Param: NSObject {}
public class Product: NSObject {}
public class Publisher: NSObject {}
public class Video: NSObject {}
