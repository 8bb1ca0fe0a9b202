"""All rules, in the order of their codes."""

from __future__ import annotations

from atgen.doctor.rules import (
    agent,
    app,
    at_once,
    completion,
    configuration,
    delegate,
    expiration,
    main_thread,
    mode,
    own,
    refresh,
    twice,
    whole,
    words,
    work,
)
from atgen.doctor.rules.rule import Example, Rule, Settings

__all__ = ["ALL", "Example", "Rule", "Settings"]

_MODULES = (
    words,
    delegate,
    completion,
    main_thread,
    mode,
    configuration,
    at_once,
    expiration,
    whole,
    agent,
    own,
    refresh,
    twice,
    work,
    app,
)
ALL: dict[str, Rule] = {
    rule.code: rule
    for rule in sorted(
        (rule for module in _MODULES for rule in module.RULES),
        key=lambda rule: (not rule.code.startswith("P0") and not rule.code.startswith("P1"), rule.code),
    )
}
