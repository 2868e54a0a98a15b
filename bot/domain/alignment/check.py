"""What a pipeline job may believe: from what it can read, whether a merge request is aligned.

The job has no key and cannot see the launch. It believes a verdict that the bot's user wrote, for
the commit that it runs for, as long as the verdict says that it holds; anything else fails.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.alignment import note
from bot.domain.alignment.finding import Outcome
from bot.domain.alignment.rules import RULES, Severity
from bot.domain.alignment.verdict import Result, Verdict
from bot.domain.rendering import plain

CHECKS = {
    "variables": "The job runs in a merge request pipeline and knows its merge request.",
    "gitlab": "GitLab can be read.",
    "job-token": "GitLab accepts the token of the job.",
    "fork": "The pipeline runs in the project of the merge request, or may read it.",
    "merge-request": "GitLab shows the merge request to the job.",
    "open": "The merge request is open.",
    "verdict": "There is one comment with a verdict by the bot's user.",
    "verdict-head": "The verdict is about the commit that the job runs for.",
    "verdict-fresh": "The verdict still holds: the bot looked at the launch lately.",
    "merge-hold": "Before the launch GitLab holds the merge as the verdict says.",
}
"""What has to be so before the rules count, by ids that stand in the reports as those do."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on the merge request, and who wrote it."""

    id: int
    author: int
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the job could read, and GitLab's time when it did."""

    state: str
    merge_after: datetime | None
    comments: tuple[Comment, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one rule, for people and for reports: one line without control characters."""

    id: str
    outcome: Outcome
    text: str
    severity: Severity = "major"


@dataclass(frozen=True, slots=True)
class Report:
    """All lines; `may_change` tells that waiting for the bot may help. `note` has the verdict."""

    lines: tuple[Line, ...]
    may_change: bool = False
    note: int | None = None

    def is_aligned(self) -> bool:
        """Whether nothing fails; a report without lines says nothing, and that is not enough."""
        return bool(self.lines) and not any(line.outcome == "fails" for line in self.lines)


def failed(check: str, why: str, *, may_change: bool = False) -> Report:
    """The report of a job that could not come to the rules."""
    return Report((Line(check, "fails", plain(why)),), may_change)


def examine(shown: Shown, head: str, bot_user: int) -> Report:
    """What the job finds in a merge request, for the commit `head`."""
    if shown.state != "opened":
        return failed("open", f"The merge request is {shown.state}; there is nothing to merge.")
    found = [(c, v) for c in shown.comments if (v := note.read(c.text)) is not None]
    ours = [(comment, verdict) for comment, verdict in found if comment.author == bot_user]
    if len(ours) != 1:
        return failed("verdict", _missing(len(ours), found, bot_user), may_change=True)
    comment, verdict = ours[0]
    if doubt := _doubt(verdict, shown, head):
        return Report((doubt,), may_change=True, note=comment.id)
    return Report(tuple(_lines(verdict)), note=comment.id)


def _missing(ours: int, found: Iterable[tuple[Comment, Verdict]], bot_user: int) -> str:
    if ours:
        return (
            f"{ours} comments of user {bot_user} hold a verdict, so that nobody knows which one "
            "counts. Remove all but the newest."
        )
    others = sorted({comment.author for comment, _ in found} - {bot_user})
    by = f" Verdicts by other users do not count, here by {_ids(others)}." if others else ""
    return (
        f"No verdict by the bot's user {bot_user} is there.{by} Name the launch in the description "
        "(`Launch: group/project#12`), or link this merge request with `/launch docs` there."
    )


def _ids(users: Iterable[int]) -> str:
    return ", ".join(map(str, users))


def _doubt(verdict: Verdict, shown: Shown, head: str) -> Line | None:
    """Why a verdict of the bot does not count now."""
    held = shown.merge_after.isoformat() if shown.merge_after else ""
    if verdict.head != head:
        return _fail("verdict-head", f"The verdict is about {plain(verdict.head)[:8]}, not {head}.")
    if verdict.until <= shown.now:
        return _fail("verdict-fresh", "The verdict holds no more. Is the bot running?")
    if verdict.early and held != verdict.merge_after:
        text = "`Merge can start after` has changed since the verdict. Wait for the next one."
        return _fail("merge-hold", text)
    if verdict.early and (shown.merge_after is None or shown.merge_after <= shown.now):
        return _fail("merge-hold", "The launch is to come, and GitLab does not hold the merge.")
    return None


def _fail(check: str, text: str) -> Line:
    return Line(check, "fails", text, "critical")


def _lines(verdict: Verdict) -> Iterator[Line]:
    for result in verdict.results:
        rule = RULES.get(result.rule)
        asks, severity = (rule.asks, rule.severity) if rule else ("", "major")
        yield Line(plain(result.rule), result.outcome, _told(result, asks), severity)


def _told(result: Result, asks: str) -> str:
    return plain(result.why) or asks
