override func receive(_ task: WKRefreshBackgroundTask) {
    playWork { _ in task.setTaskCompletedWithSnapshot(false) }
}
