override func runTagged(_ task: BGTask) {
    askForOwnTask()
    super.runTagged(task)
}

required init() {
    super.init()
    BGTaskScheduler.shared.register(
        forTaskWithIdentifier: "own", using: .main
    ) { task in
        self.runTagged(task)
    }
    askForOwnTask()
}

private func askForOwnTask() {
    try? BGTaskScheduler.shared.submit(BGAppRefreshTaskRequest(identifier: "own"))
}
