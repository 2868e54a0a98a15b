"""The verdict: what every rule finds in one merge request, and for how long that may be believed.

It is worked out from the case alone, so that the same case gives the same verdict, to the letter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.alignment.facts import Case
from bot.domain.alignment.finding import Outcome
from bot.domain.alignment.rules import RULES, Rule, rules

_LEASE = timedelta(days=2)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule found; `why` is empty where the launch is confidential, or nothing is wrong."""

    rule: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules found in `head`, for the launch at its `revision`.

    `early` tells that the launch moment is still to come; `merge_after` is what GitLab held when
    it was judged. Nobody may believe it from `until` on: the bot looks again before that.
    """

    launch: str
    revision: int
    head: str
    early: bool
    merge_after: str
    until: datetime
    results: tuple[Result, ...]

    def is_aligned(self) -> bool:
        """Whether no rule fails."""
        return not any(result.outcome == "fails" for result in self.results)

    def is_ready(self) -> bool:
        """Whether all that the phase of the documentation needs holds already."""
        return not self.unready()

    def unready(self) -> tuple[Result, ...]:
        """The ready rules that do not hold yet."""
        return tuple(
            result
            for result in self.results
            if result.outcome != "holds" and RULES[result.rule].kind == "ready"
        )

    def untimely(self) -> tuple[Result, ...]:
        """The timing rules that fail."""
        return tuple(
            result
            for result in self.results
            if result.outcome == "fails" and RULES[result.rule].kind == "timing"
        )

    def key(self) -> str:
        """Tells verdicts apart for the check: which commit, and whether it is aligned."""
        return f"{self.head}:{'aligned' if self.is_aligned() else 'not-aligned'}"


def judge(case: Case) -> Verdict:
    """The verdict over a case."""
    held = case.request.merge_after
    return Verdict(
        launch=case.launch.id,
        revision=case.launch.revision,
        head=case.request.head,
        early=case.is_early(),
        merge_after=held.isoformat() if held else "",
        until=_until(case),
        results=tuple(_result(case, rule) for rule in rules(case.rules)),
    )


def turns(case: Case) -> Iterator[datetime]:
    """The moments to come at which time alone may change what a rule finds."""
    days = [case.last_day(case.rules.review), case.last_day(case.rules.approval)]
    known = [day for day in days if day is not None]
    starts = [case.days.begins(day) for day in known] + [case.days.begins(d + _DAY) for d in known]
    moments = [*starts, case.opens(), case.ends(), case.request.merge_after]
    return (moment for moment in moments if moment is not None and moment > case.now)


def _until(case: Case) -> datetime:
    """A day and a bit, or until time changes a rule; a confidential one does not tell its days."""
    if case.request.merged_at is not None:
        return case.request.merged_at  # nobody asks any more, so it need not be written again
    lease = case.days.begins(case.days.today(case.now) + _LEASE)
    return lease if case.launch.confidential else min([lease, *turns(case)])


def _result(case: Case, rule: Rule) -> Result:
    finding = rule.check(case)
    why = "" if case.launch.confidential else finding.why
    return Result(rule.id, finding.outcome, why)
