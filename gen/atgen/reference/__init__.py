"""The SDK and the system in small: what generated Python runs on, and what the other languages are compared with."""

from collections.abc import Callable

from atgen.reference.activity import Semaphore
from atgen.reference.application import Application, FetchResult, RefreshTask
from atgen.reference.device import Device
from atgen.reference.play import outside, play
from atgen.reference.scheduler import BGAppRefreshTaskRequest, BGProcessingTaskRequest, ScheduledTask
from atgen.reference.sdk import ATInternet, BackgroundMode, HitStatus, Tracker, TrackerDelegate, percent_encoded
from atgen.reference.sentences import sentence
from atgen.reference.world import Event, Outside, Step, line

Block = Callable[[], None]
CompletionHandler = Callable[[FetchResult], None]

__all__ = [
    "ATInternet",
    "Application",
    "BGAppRefreshTaskRequest",
    "BGProcessingTaskRequest",
    "BackgroundMode",
    "Block",
    "CompletionHandler",
    "Device",
    "Event",
    "FetchResult",
    "HitStatus",
    "Outside",
    "RefreshTask",
    "ScheduledTask",
    "Semaphore",
    "Step",
    "Tracker",
    "TrackerDelegate",
    "line",
    "outside",
    "percent_encoded",
    "play",
    "sentence",
]
