"""Misbehaviour on request: which calls and which deliveries go wrong, and how.

Only picks the fault; the application and the hooks act on it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

CALL_KINDS = ("status", "timeout_before", "timeout_after", "commit_later", "delay")
HOOK_KINDS = ("drop_hook", "double_hook", "delay_hook", "reorder_hook")


@dataclass(slots=True, eq=False, kw_only=True)
class Fault:
    """One rule.

    `match` holds any of `method`, `path` (a regular expression, searched in the path with its
    query), `user` for calls, and `event` (the `X-Gitlab-Event` value) or `hook_id` for deliveries.
    `times` counts down to 0; None is for ever. `after` lets that many matches pass first.

    Kinds for calls: `status` answers with `status`, `headers` and `body`, instead of doing the
    call or, with `after_write`, after it; `timeout_before` and `timeout_after` never answer;
    `commit_later` never answers and does the call `seconds` of simulated time later;
    `delay` answers after `seconds` of real time.
    Kinds for deliveries: `drop_hook`, `double_hook`, `delay_hook` (by `seconds` of simulated
    time), `reorder_hook` (before those that wait).
    """

    kind: str
    match: dict[str, Any] = field(default_factory=dict)
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    times: int | None = 1
    after: int = 0
    after_write: bool = False
    seconds: float = 0

    def __post_init__(self) -> None:
        if self.kind not in CALL_KINDS + HOOK_KINDS:
            raise ValueError(f"unknown kind of fault: {self.kind}")
        try:
            re.compile(self.match.get("path", ""))
        except re.error as error:
            raise ValueError(f"path: {error}") from None

    def fits(self, kinds: tuple[str, ...], **facts: Any) -> bool:
        """Whether the rule is of one of these kinds and everything in `match` agrees."""
        return self.kind in kinds and all(
            _agrees(key, wanted, facts.get(key)) for key, wanted in self.match.items()
        )


class Faults:
    """The rules, tried in the order they were added."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, **rule: Any) -> Fault:
        """Add a rule; see `Fault` for the keys. ValueError or TypeError on a wrong one."""
        fault = Fault(**rule)
        self.rules.append(fault)
        return fault

    def clear(self) -> None:
        """Behave again."""
        self.rules.clear()

    def for_call(self, method: str, path: str, user: str | None) -> Fault | None:
        """The fault for this call, used up by one."""
        return self._pick(CALL_KINDS, method=method, path=path, user=user)

    def for_hook(self, event: str, hook_id: int) -> Fault | None:
        """The fault for this delivery, used up by one."""
        return self._pick(HOOK_KINDS, event=event, hook_id=hook_id)

    def _pick(self, kinds: tuple[str, ...], **facts: Any) -> Fault | None:
        fault = next((rule for rule in self.rules if rule.fits(kinds, **facts)), None)
        if fault is None:
            return None
        if fault.after:
            fault.after -= 1
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.rules.remove(fault)
        return fault


def _agrees(key: str, wanted: Any, fact: Any) -> bool:
    if key == "path":
        return re.search(wanted, fact or "") is not None
    if key == "method":
        return bool(str(wanted).upper() == fact)
    return bool(wanted == fact)
