"""Swift, Objective-C and Python that tag background hits of AT Internet's Apple SDK, generated from YAML specs."""

__version__ = "0.2.0"
