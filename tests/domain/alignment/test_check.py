"""What a pipeline job may believe."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.alignment import note
from bot.domain.alignment.check import CHECKS, Comment, Report, Shown, examine, failed
from bot.domain.alignment.rules import RULES
from bot.domain.alignment.verdict import Result, Verdict, judge
from bot.domain.markers import Keyring
from tests.domain.alignment.cases import LONG_BEFORE, MOMENT, case

KEYS = Keyring((b"k" * 32,))
BOT, MALLORY = 9, 66
HEAD = "a" * 40
MINUTE = timedelta(minutes=1)


def comment(verdict: Verdict, author: int = BOT, number: int = 5) -> Comment:
    """A comment with a verdict."""
    return Comment(number, author, note.body("Hello", verdict, KEYS, 55))


def look(
    *comments: Comment,
    now: datetime = LONG_BEFORE,
    state: str = "opened",
    held: datetime | None = MOMENT,
    head: str = HEAD,
) -> Report:
    """What the job finds."""
    shown = Shown(state, held, (Comment(1, 8, "Looks good"), *comments), now)
    return examine(shown, head, BOT)


def test_aligned_verdict_on_this_commit_is_green() -> None:
    """One line for each rule, and where the verdict stands."""
    report = look(comment(judge(case())))
    assert report.is_aligned()
    assert [line.id for line in report.lines] == [*RULES]
    assert {line.outcome for line in report.lines} == {"holds"}
    assert (report.note, report.may_change) == (5, False)


def test_failing_rule_is_red_at_once() -> None:
    """With what is wrong and what to do."""
    report = look(comment(judge(case(launch={"state": "paused"}))))
    assert not report.is_aligned()
    assert not report.may_change
    told = {line.id: line.text for line in report.lines if line.outcome == "fails"}
    assert told == {"launch-running": "The launch is paused. Do not merge before it goes on."}


ALIGNED = judge(case())
AFTER = judge(case(MOMENT))
DOUBTS = {
    "nothing": (look(), "verdict", "No verdict by the bot's user 9 is there. Name the launch"),
    "forged": (look(comment(ALIGNED, MALLORY)), "verdict", "here by 66"),
    "two": (look(comment(ALIGNED), comment(AFTER)), "verdict", "2 comments of user 9"),
    "other commit": (look(comment(ALIGNED), head="b" * 40), "verdict-head", "aaaaaaaa, not bbbb"),
    "old": (
        look(comment(ALIGNED), now=LONG_BEFORE + timedelta(days=2)),
        "verdict-fresh",
        "Is the bot running?",
    ),
    "hold moved": (look(comment(ALIGNED), held=MOMENT + MINUTE), "merge-hold", "has changed"),
    "hold gone": (look(comment(ALIGNED), held=None), "merge-hold", "has changed"),
    "never held": (
        look(comment(judge(case(merge_after=None))), held=None),
        "merge-hold",
        "GitLab does not hold",
    ),
    "hold over": (
        look(
            comment(replace(ALIGNED, until=MOMENT + MINUTE * 9)),
            now=MOMENT + MINUTE,
        ),
        "merge-hold",
        "The launch is to come",
    ),
}


@pytest.mark.parametrize("name", DOUBTS)
def test_what_cannot_be_believed_fails_and_may_change(name: str) -> None:
    """The bot may be about to write a verdict; until then nothing is green."""
    report, check, text = DOUBTS[name]
    (line,) = report.lines
    assert (line.id, line.outcome) == (check, "fails")
    assert text in line.text
    assert report.may_change
    assert not report.is_aligned()


@pytest.mark.parametrize("state", ["closed", "merged", "locked"])
def test_only_an_open_merge_request_is_checked(state: str) -> None:
    """There is nothing to wait for."""
    report = look(comment(ALIGNED), state=state)
    assert [line.id for line in report.lines] == ["open"]
    assert not report.may_change


def test_after_the_launch_moment_nothing_has_to_hold_the_merge() -> None:
    """The verdict says that the moment has come."""
    assert look(comment(AFTER), now=MOMENT, held=None).is_aligned()


def test_forged_verdict_beside_the_genuine_one_changes_nothing() -> None:
    """Only the bot's user counts."""
    worse = judge(case(draft=True, launch={"state": "paused"}))
    assert look(comment(ALIGNED), comment(worse, MALLORY)).is_aligned()
    assert not look(comment(worse), comment(ALIGNED, MALLORY)).is_aligned()


def test_lines_are_lines_whatever_stands_in_the_verdict() -> None:
    """A Maintainer may have edited the comment; nothing of it reaches the log as it is."""
    strange = Result("x\x1b[31m", "fails", "one\ntwo\x1b]0;x\x07")
    unknown = Result("of-tomorrow", "waits")
    report = look(comment(replace(ALIGNED, results=(strange, unknown))))
    assert [(line.id, line.text) for line in report.lines] == [
        ("x[31m", "one two]0;x"),
        ("of-tomorrow", ""),
    ]


def test_report_of_a_job_that_could_not_look_is_red() -> None:
    """Also an empty one."""
    assert not failed("gitlab", "It is down.\nAll of it.").is_aligned()
    assert failed("gitlab", "It is down.\nAll of it.").lines[0].text == "It is down. All of it."
    assert not Report(()).is_aligned()


def test_no_check_is_called_like_a_rule() -> None:
    """They stand in one report."""
    assert not CHECKS.keys() & RULES.keys()
