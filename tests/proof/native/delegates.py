"""The apps of busy/ in Python: they do everything that a device knows, in ways that no right app would."""

from __future__ import annotations

import atgen.reference as at


class Scheduled:
    """Two tasks, asked for again and again and completed twice; three observers, and the delegate's own methods."""

    def __init__(self, device: at.Device) -> None:
        self.device = device
        self.task = at.Application.INVALID_TASK

    def did_finish_launching(self) -> None:
        """Register, observe, submit."""
        device = self.device
        device.task_scheduler.register("a", self.run_task)
        device.task_scheduler.register("b", self.run_task)
        device.notifications.observe(at.Application.DID_ENTER_BACKGROUND, self.begin)
        device.notifications.observe(at.Application.DID_ENTER_BACKGROUND, lambda: self.send("observed"))
        device.notifications.observe(at.Application.WILL_ENTER_FOREGROUND, lambda: self.send("back"))
        device.task_scheduler.submit(at.BGProcessingTaskRequest("b", 60))
        device.task_scheduler.submit(at.BGAppRefreshTaskRequest("a"))
        last = at.BGProcessingTaskRequest("b", 0.25)
        last.requires_network_connectivity = True
        device.task_scheduler.submit(last)
        device.background.run(lambda: device.task_scheduler.register("c", self.run_task))

    def run_task(self, task: at.ScheduledTask) -> None:
        """Complete it, also when it has expired and is completed already."""
        device = self.device

        def expire() -> None:
            self.send("expired")
            device.main.run(lambda: task.set_completed(success=False))

        task.expiration_handler = expire
        device.task_scheduler.submit(at.BGAppRefreshTaskRequest("a", 900))
        device.background.run(lambda: device.main.run(lambda: task.set_completed(success=True)))

    def begin(self) -> None:
        """Begin a task; whichever expires ends the last one."""
        application = self.device.application
        self.task = application.begin_background_task("b", lambda: application.end_background_task(self.task))

    def send(self, name: str) -> None:
        """Send a touch with the global tracker."""
        self.device.at_internet.default_tracker.gestures.add(name).send_touch()

    def did_enter_background(self) -> None:
        """Hear of it, where there are no scenes."""
        self.send("entered")

    def will_enter_foreground(self) -> None:
        """Hear of it, where there are no scenes."""
        self.send("returned")


class Watch:
    """Activities that wait for each other, also when they expire; refreshes that are completed at once."""

    def __init__(self, device: at.Device) -> None:
        self.device = device

    def did_finish_launching(self) -> None:
        """Ask for a refresh, twice."""
        self.device.application.schedule_background_refresh(900)
        self.device.application.schedule_background_refresh(0.5)

    def handle(self, background_tasks: list[at.RefreshTask]) -> None:
        """Complete all, and a snapshot task twice."""
        for task in background_tasks:
            if task.kind == "snapshot":
                task.set_snapshot_completed()
            task.set_completed()

    def did_enter_background(self) -> None:
        """Begin two activities."""
        device = self.device
        gate, door = device.semaphore(1), device.semaphore(0)

        def first(expired: bool) -> None:
            if expired:
                door.signal()
                self.send("first expires")
                return
            gate.wait()
            device.main.run(door.signal)
            door.wait()
            self.send("first")
            gate.signal()

        def second(expired: bool) -> None:
            if expired:
                door.wait()
                self.send("second expires")
                return
            gate.wait()
            self.send("second")
            door.signal()

        device.application.perform_expiring_activity("first", first)
        device.application.perform_expiring_activity("second", second)

    def send(self, name: str) -> None:
        """Send a touch with the global tracker."""
        self.device.at_internet.default_tracker.gestures.add(name).send_touch()
