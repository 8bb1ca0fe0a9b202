"""The rules about an app's settings and files, which `settings.py`, `case.py` and the reading itself look at."""

from __future__ import annotations

from atgen.doctor.rules.rule import Rule

RULES = tuple(map(Rule, ("scenes", "podfile", "privacy", "case", "unread", "grammar", "ignore", "accepted")))
