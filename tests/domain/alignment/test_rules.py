"""The decision table of the rules: what each finds, and what it tells people to do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.alignment.facts import File, Milestone
from bot.domain.alignment.rules import RULES, rules
from tests.domain.alignment.cases import (
    AUTHOR,
    LONG_BEFORE,
    MOMENT,
    SECTION,
    case,
)
from tests.domain.alignment.cases import RULES as DOCUMENTATION

NOBODY = frozenset[int]()
MINUTE = timedelta(minutes=1)


def at(month: int, day: int, hour: int = 12) -> datetime:
    """A moment of the launch's year."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def secret(public: bool = True, **request: Any) -> dict[str, Any]:
    """A confidential launch, in a merge request that everybody may read or not."""
    return {"launch": {"confidential": True}, "public": public, **request}


# Eight business days before Tuesday 16 June is Thursday 4 June, three before is Thursday 11 June;
# the window ends with Wednesday 17 June.
TABLE: dict[str, list[tuple[str, dict[str, Any], str]]] = {
    "one-launch": [
        ("its own", {}, "holds"),
        ("none known yet", {"launches": frozenset()}, "holds"),
        ("two", {"launches": frozenset({"i900", "i901"})}, "fails: It belongs to 2 launches."),
    ],
    "paths": [
        ("below a folder", {}, "holds"),
        ("a file", {"files": (File("docs/acme.md"),)}, "holds"),
        ("elsewhere", {"files": (File("src/acme.py"),)}, "fails: It changes nothing under `doc/"),
        ("nothing", {"files": ()}, "fails: It changes nothing"),
        ("hidden", {"files": (), "whole": False}, "fails: GitLab does not show all"),
    ],
    "section": [
        ("a heading", {}, "holds"),
        (
            "in other letters",
            {"files": (File("doc/a.md", ("## With ACME-cloud, by hand",)),)},
            "holds",
        ),
        ("a title", {"files": (File("doc/a.md", ("title: Acme Cloud",)),)}, "holds"),
        ("AsciiDoc", {"files": (File("doc/a.adoc", ("== Acme Cloud",)),)}, "holds"),
        ("only text", {"files": (File("doc/a.md", ("On Acme Cloud.",)),)}, "fails: No heading"),
        ("another name", {"files": (File("doc/a.md", ("# Acme Clouds",)),)}, "fails: No heading"),
        ("elsewhere", {"files": (File("a.md", ("# Acme Cloud",)),)}, "fails: No heading"),
    ],
    "reviewed": [
        ("reviewed", {"approved_by": NOBODY}, "holds"),
        ("approved is reviewed", {"reviewed_by": NOBODY}, "holds"),
        (
            "on the day",
            {"now": at(6, 4), "none": True},
            "waits: It waits for whoever holds the role `writers`",
        ),
        ("a day late", {"now": at(6, 5), "none": True}, "fails: It was to be reviewed by 2026-06"),
        ("undated", {"launch": {"day": None}, "none": True}, "waits: It waits for whoever holds"),
        (
            "by somebody else",
            {"now": at(6, 5), "reviewed_by": frozenset({AUTHOR}), "approved_by": NOBODY},
            "fails: It was to be reviewed",
        ),
    ],
    "approved": [
        ("approved", {}, "holds"),
        (
            "only reviewed",
            {"approved_by": NOBODY},
            "waits: It waits for whoever holds the role `writers`",
        ),
        ("on the day", {"now": at(6, 11), "none": True}, "waits"),
        ("a day late", {"now": at(6, 12), "none": True}, "fails: It was to be approved by 2026-0"),
        ("undated", {"launch": {"day": None}, "none": True}, "waits"),
    ],
    "no-draft": [
        ("ready", {"now": at(6, 11)}, "holds"),
        ("early draft", {"draft": True, "now": at(6, 10)}, "waits: It is a draft; mark it as read"),
        ("draft on the day", {"draft": True, "now": at(6, 11, 0)}, "fails: It is still a draft."),
        ("undated", {"draft": True, "launch": {"day": None}}, "waits: It is a draft"),
    ],
    "needs": [
        ("nothing lacks", {}, "holds"),
        ("one lacks", {"launch": {"lacking": ("words",)}}, "fails: It needs `words`"),
        (
            "two lack",
            {"launch": {"lacking": ("words", "ink")}},
            "fails: It needs `words` and `ink`",
        ),
    ],
    "confidential": [
        ("open launch", {"public": True}, "holds"),
        ("members only", secret(public=False), "holds"),
        ("name in a change", secret(), "fails: Everybody may read it"),
        ("name in a path", secret(files=(File("doc/acme-cloud.md"),)), "fails"),
        ("name in a branch", secret(files=(), written=("acme_cloud-docs",)), "fails"),
        ("a date", secret(files=(), written=("Merge on 16 June 2026",)), "fails"),
        ("another date", secret(files=(), written=("Merge on Jun 16, 2026",)), "fails"),
        ("nothing of it", secret(files=(), written=("Words for acme clouds",)), "holds"),
        (
            "no date, empty name",
            secret(files=(), launch={"confidential": True, "day": None, "secrets": ("-",)}),
            "holds",
        ),
    ],
    "launch-running": [
        ("running", {}, "holds"),
        ("live", {"launch": {"state": "live"}}, "holds"),
        ("paused", {"launch": {"state": "paused"}}, "fails: The launch is paused."),
        ("cancelled", {"launch": {"state": "cancelled"}}, "fails: The launch is cancelled."),
    ],
    "milestone": [
        ("none", {}, "holds"),
        ("undated", {"milestone": Milestone()}, "holds"),
        ("launch undated", {"launch": {"day": None}, "milestone": Milestone()}, "holds"),
        (
            "around it",
            {"milestone": Milestone(date(2026, 6, 1), date(2026, 6, 16))},
            "holds",
        ),
        ("over before", {"milestone": Milestone(due=date(2026, 6, 15))}, "fails: The launch is on"),
        ("begins after", {"milestone": Milestone(date(2026, 6, 17))}, "fails: The launch is on 20"),
    ],
    "merge-after": [
        ("held until the moment", {}, "holds"),
        ("held a little longer", {"merge_after": MOMENT + MINUTE}, "holds"),
        (
            "not held",
            {"merge_after": None},
            "fails: GitLab would let it be merged before 2026-06-16",
        ),
        (
            "held too short",
            {"merge_after": MOMENT - MINUTE},
            "fails: GitLab would let it be merged",
        ),
        ("held too long", {"merge_after": at(6, 18, 0)}, "fails: GitLab holds it for longer"),
        ("after the moment", {"now": MOMENT}, "holds"),
        ("lifted", {"now": MOMENT, "merge_after": None}, "holds"),
        ("late", {"now": at(6, 20)}, "holds"),
        ("undated", {"launch": {"day": None}}, "fails: The launch has no date"),
        ("last of days", {"launch": {"day": date.max}}, "fails: GitLab would let it"),
        ("merged", {"state": "merged", "merge_after": None}, "holds"),
    ],
    "not-early": [
        ("open", {}, "holds"),
        ("merged at the moment", {"merged_at": MOMENT}, "holds"),
        (
            "merged before",
            {"merged_at": MOMENT - MINUTE},
            "fails: It was merged before the launch.",
        ),
        ("undated", {"merged_at": MOMENT, "launch": {"day": None}}, "fails: It was merged before"),
    ],
    "not-late": [
        ("before the moment", {}, "holds"),
        ("at the moment", {"now": MOMENT}, "waits: The launch moment has come."),
        (
            "window over",
            {"now": at(6, 18, 0)},
            "fails: It was to be merged by 2026-06-18 00:00 UTC",
        ),
        ("merged in time", {"merged_at": at(6, 17, 23), "now": at(7, 1)}, "holds"),
        ("merged late", {"merged_at": at(6, 18, 0)}, "fails: It was merged late."),
        ("undated", {"launch": {"day": None}}, "holds"),
        ("merged, undated", {"launch": {"day": None}, "merged_at": MOMENT}, "holds"),
        ("last of days", {"launch": {"day": date.max}}, "holds"),
    ],
}
ROWS = [(rule, *row) for rule, rows in TABLE.items() for row in rows]


@pytest.mark.parametrize(
    ("rule", "state", "changes", "wanted"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS]
)
def test_rule_finds_what_the_table_says(
    rule: str, state: str, changes: dict[str, Any], wanted: str
) -> None:
    """A rule holds, waits or fails, and says what is wrong."""
    changes = dict(changes)
    if changes.pop("none", False):
        changes |= {"reviewed_by": NOBODY, "approved_by": NOBODY}
    found = RULES[rule].check(case(changes.pop("now", LONG_BEFORE), **changes))
    assert f"{found.outcome}: {found.why}".startswith(wanted), state
    assert bool(found.why) == (found.outcome != "holds")


def test_table_has_every_rule() -> None:
    """In the order in which they are told."""
    assert [*TABLE] == [*RULES]


def test_rules_are_switched_off_in_the_definition() -> None:
    """Each alone; the others stay."""
    for name in RULES:
        documentation = DOCUMENTATION.model_copy(update={"off": (name,)})
        assert [rule.id for rule in rules(documentation)] == [r for r in RULES if r != name]


def test_hostile_name_of_a_partner_stays_harmless() -> None:
    """It is quoted in what people are told, and starts nothing there."""
    changes: dict[str, Any] = {"launch": {"partner": "@all <b>\n/close"}, "files": (SECTION,)}
    why = RULES["section"].check(case(**changes)).why
    assert "\n" not in why
    assert "@all" not in why
    assert "<b>" not in why
