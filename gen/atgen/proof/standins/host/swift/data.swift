override func receive(_ task: WKRefreshBackgroundTask) {
    playWork("data") { _ in task.setTaskCompletedWithSnapshot(false) }
}
