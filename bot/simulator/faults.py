"""Misbehaviour on request: which calls and which deliveries go wrong, and how.

Only picks the fault; the application and the hooks act on it.
"""

import re
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

CallKind = Literal["status", "timeout_before", "timeout_after", "commit_later", "delay"]
HookKind = Literal["drop_hook", "double_hook", "delay_hook", "reorder_hook"]
CALL_KINDS = get_args(CallKind)
HOOK_KINDS = get_args(HookKind)
_OF_CALLS = {"method", "path", "user"}
_LONGEST = 10**9

_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
_HeaderText = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]


class Match(BaseModel):
    """What a rule fits: everything that is named has to agree; null is a caller without a token.

    `path` is a regular expression, searched in the path with its query.
    """

    model_config = ConfigDict(extra="forbid")

    method: str | None = None
    path: str | None = None
    user: str | None = None
    event: str | None = None
    hook_id: int | None = None

    @field_validator("path")
    @classmethod
    def _can_be_searched(cls, path: str | None) -> str | None:
        try:
            re.compile(path or "")
        except re.error as error:
            raise ValueError(f"{path} is no regular expression: {error}") from None
        return path

    def agrees(self, facts: dict[str, Any]) -> bool:
        """Whether these are facts of something that the rule is about."""
        return all(_agrees(key, getattr(self, key), facts.get(key)) for key in self.named)

    @property
    def named(self) -> set[str]:
        """The keys that were given."""
        return self.model_fields_set


class Fault(BaseModel):
    """One rule.

    `match` holds any of `method`, `path`, `user` for calls, and `event` (the `X-Gitlab-Event`
    value) or `hook_id` for deliveries.
    `times` counts down to 0; None is for ever. `after` lets that many matches pass first.

    Kinds for calls: `status` answers with `status`, `headers` and `body`, instead of doing the
    call or, with `after_write`, after it; `timeout_before` and `timeout_after` never answer;
    `commit_later` never answers and does the call `seconds` of simulated time later;
    `delay` answers after `seconds` of real time.
    Kinds for deliveries: `drop_hook`, `double_hook`, `delay_hook` (by `seconds` of simulated
    time), `reorder_hook` (before those that wait).
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal[CallKind, HookKind]
    match: Match = Field(default_factory=Match)
    status: int = Field(default=500, ge=200, le=599)
    headers: dict[_HeaderName, _HeaderText] = Field(default_factory=dict)
    body: Any = None
    times: int | None = Field(default=1, ge=1)
    after: int = Field(default=0, ge=0)
    after_write: bool = False
    seconds: float = Field(default=0, ge=0, le=_LONGEST)

    @model_validator(mode="after")
    def _matches_its_kind(self) -> Self:
        of_calls = self.kind in CALL_KINDS
        wrong = [key for key in sorted(self.match.named) if (key in _OF_CALLS) != of_calls]
        if wrong:
            what = "calls" if of_calls else "deliveries"
            raise ValueError(f"{self.kind} is about {what}, which have no {wrong[0]} to match")
        return self

    def fits(self, kinds: tuple[str, ...], **facts: Any) -> bool:
        """Whether the rule is of one of these kinds and everything in `match` agrees."""
        return self.kind in kinds and self.match.agrees(facts)


class Faults:
    """The rules, tried in the order they were added."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []

    def add(self, **rule: Any) -> Fault:
        """Add a rule; see `Fault` for the keys. ValueError on a wrong one."""
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
                self.rules = [rule for rule in self.rules if rule is not fault]
        return fault


def _agrees(key: str, wanted: Any, fact: Any) -> bool:
    if key == "path":
        return re.search(wanted, fact or "") is not None
    if key == "method":
        return bool(str(wanted).upper() == fact)
    return bool(wanted == fact)
