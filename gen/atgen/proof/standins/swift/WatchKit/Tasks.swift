// The tasks that the system hands to a watch app.
import VirtualDevice

/// Apple: WKRefreshBackgroundTask, which is Sendable.
public class WKRefreshBackgroundTask: NSObject, @unchecked Sendable {
    let call: Int32
    var salt = 0

    init(_ call: Int32) {
        self.call = call
    }

    static func made(_ kind: device_refresh, _ call: Int32) -> WKRefreshBackgroundTask {
        switch kind {
        case DEVICE_SNAPSHOT_TASK: WKSnapshotRefreshBackgroundTask(call)
        case DEVICE_DATA_TASK: WKURLSessionRefreshBackgroundTask(call)
        case DEVICE_MESSAGE_TASK: WKWatchConnectivityRefreshBackgroundTask(call)
        case DEVICE_OTHER_TASK: WKIntentDidRunRefreshBackgroundTask(call)
        default: WKApplicationRefreshBackgroundTask(call)
        }
    }

    /// Apple: hash
    public override var hash: Int { Int(call) + salt }

    /// Apple: userInfo
    public var userInfo: (any NSSecureCoding & NSObjectProtocol)? { nil }
    /// Apple: expirationHandler, which is never called here.
    public var expirationHandler: (() -> Void)?
    /// Apple: setTaskCompletedWithSnapshot(_:)
    public func setTaskCompletedWithSnapshot(_ refreshSnapshot: Bool) {
        device_complete(call, refreshSnapshot ? DEVICE_SNAPSHOT : DEVICE_NO_SNAPSHOT)
    }
}

/// Apple: WKApplicationRefreshBackgroundTask
public class WKApplicationRefreshBackgroundTask: WKRefreshBackgroundTask, @unchecked Sendable {}

/// Apple: WKSnapshotRefreshBackgroundTask
public class WKSnapshotRefreshBackgroundTask: WKRefreshBackgroundTask, @unchecked Sendable {
    /// Apple: setTaskCompleted(restoredDefaultState:estimatedSnapshotExpiration:userInfo:); what is out of date is taken again.
    public func setTaskCompleted(
        restoredDefaultState: Bool, estimatedSnapshotExpiration: Date?, userInfo: (any NSSecureCoding & NSObjectProtocol)?
    ) {
        let lasts = estimatedSnapshotExpiration.map { $0.timeIntervalSinceNow > 0 } ?? true
        device_complete(call, lasts ? DEVICE_RESTORED : DEVICE_OUTDATED)
    }
}

/// Apple: WKURLSessionRefreshBackgroundTask
public class WKURLSessionRefreshBackgroundTask: WKRefreshBackgroundTask, @unchecked Sendable {}

/// Apple: WKWatchConnectivityRefreshBackgroundTask
public class WKWatchConnectivityRefreshBackgroundTask: WKRefreshBackgroundTask, @unchecked Sendable {}

/// Apple: WKBluetoothAlertRefreshBackgroundTask
public class WKBluetoothAlertRefreshBackgroundTask: WKRefreshBackgroundTask, @unchecked Sendable {}

/// Apple: WKIntentDidRunRefreshBackgroundTask
public class WKIntentDidRunRefreshBackgroundTask: WKRefreshBackgroundTask, @unchecked Sendable {}

/// Apple: WKRelevantShortcutRefreshBackgroundTask
public class WKRelevantShortcutRefreshBackgroundTask: WKRefreshBackgroundTask, @unchecked Sendable {}
