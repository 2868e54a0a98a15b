"""The rules that a documentation merge request has to keep, each with what to do about it.

*Ready* rules are what the phase of the documentation needs; *timing* rules only going live needs.
A rule answers for one case: it holds, it waits for something that is not due yet, or it fails.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.domain.alignment import contents, timing
from bot.domain.alignment.facts import Case
from bot.domain.alignment.finding import HOLDS, Finding, fails, waits
from bot.domain.process import Documentation
from bot.domain.rendering import inline
from bot.domain.wording import listed

Kind = Literal["ready", "timing"]
Severity = Literal["minor", "major", "critical"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`asks` says what has to be so, without a name and without a date."""

    id: str
    kind: Kind
    severity: Severity
    asks: str
    check: Callable[[Case], Finding]


def _one_launch(case: Case) -> Finding:
    others = len(case.request.launches | {case.launch.id}) - 1
    if not others:
        return HOLDS
    return fails(
        f"It belongs to {others + 1} launches. Leave the reference to one of them in its "
        "description, and open a merge request of its own for each other."
    )


def _paths(case: Case) -> Finding:
    if contents.documented(case):
        return HOLDS
    wanted = listed([f"`{pattern}`" for pattern in case.rules.paths])
    if not case.request.whole:
        return fails("GitLab does not show all of its changes. Make it smaller.")
    return fails(f"It changes nothing under {wanted}. Put the documentation there.")


def _section(case: Case) -> Finding:
    if contents.has_section(case):
        return HOLDS
    return fails(
        f"No heading that it adds there names {inline(case.launch.partner)}. "
        "Add a section with the name in its heading."
    )


def _reviewed(case: Case) -> Finding:
    day = case.last_day(case.rules.review)
    if case.launch.writers & (case.request.reviewed_by | case.request.approved_by):
        return HOLDS
    if case.is_past(day):
        return fails(f"It was to be reviewed by {day}. Ask {_writers(case)} for a review today.")
    return waits(f"It waits for {_writers(case)}, who is to review it{_by(day)}.")


def _approved(case: Case) -> Finding:
    day = case.last_day(case.rules.approval)
    if case.launch.writers & case.request.approved_by:
        return HOLDS
    if case.is_past(day):
        return fails(f"It was to be approved by {day}. Ask {_writers(case)} to approve it.")
    return waits(f"It waits for {_writers(case)}, who is to approve it{_by(day)}.")


def _writers(case: Case) -> str:
    return f"whoever holds the role `{case.rules.reviewers}`"


def _by(day: object) -> str:
    return f" by {day}" if day else ""


def _no_draft(case: Case) -> Finding:
    day = case.last_day(case.rules.approval)
    if not case.request.draft:
        return HOLDS
    if day is not None and case.days.today(case.now) >= day:
        return fails("It is still a draft. Mark it as ready.")
    return waits(f"It is a draft; mark it as ready{_by(day)}.")


def _needs(case: Case) -> Finding:
    if not case.launch.lacking:
        return HOLDS
    tasks = listed([f"`{task}`" for task in case.launch.lacking])
    return fails(f"It needs {tasks}, and that is not done. Tick it where it belongs, when it is.")


def _secrets(case: Case) -> Finding:
    if not contents.tells_secrets(case):
        return HOLDS
    return fails(
        "Everybody may read it, and the launch is confidential: its name or date stands in the "
        "title, description, branch, commits or changes. Work on it in a private project."
    )


RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "one-launch", "ready", "major", "It belongs to exactly one running launch.", _one_launch
        ),
        Rule("paths", "ready", "major", "It changes the documented paths.", _paths),
        Rule("section", "ready", "major", "It adds a section for the partner.", _section),
        Rule("reviewed", "ready", "major", "Technical writing has reviewed it in time.", _reviewed),
        Rule("approved", "ready", "major", "Technical writing has approved it in time.", _approved),
        Rule("no-draft", "ready", "major", "It is no draft when it has to be ready.", _no_draft),
        Rule("needs", "ready", "major", "The tasks that it needs are done.", _needs),
        Rule(
            "confidential",
            "ready",
            "critical",
            "It tells the public nothing of a confidential launch.",
            _secrets,
        ),
        Rule(
            "launch-running",
            "timing",
            "major",
            "The launch is neither paused nor cancelled.",
            timing.running,
        ),
        Rule(
            "milestone",
            "timing",
            "minor",
            "The launch date lies within its milestone, if it has one.",
            timing.milestone,
        ),
        Rule(
            "merge-after",
            "timing",
            "critical",
            "GitLab holds the merge until the launch moment.",
            timing.merge_after,
        ),
        Rule(
            "not-early",
            "timing",
            "critical",
            "It is not merged before the launch moment.",
            timing.not_early,
        ),
        Rule(
            "not-late",
            "timing",
            "major",
            "It is merged within the window after the launch moment.",
            timing.not_late,
        ),
    )
}
"""Every rule by its id; the ids are part of the reports of `launchbot docs-check`."""


def rules(documentation: Documentation) -> Iterator[Rule]:
    """The rules that count, in order."""
    for rule in RULES.values():
        if rule.id not in documentation.off:
            yield rule
