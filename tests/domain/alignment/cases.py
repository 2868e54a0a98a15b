"""A documentation merge request that keeps every rule, and what changes in it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.alignment.facts import Case, File, Launch, MergeRequest
from bot.domain.calendars import BusinessDays
from bot.domain.configuration import Calendar
from bot.domain.process import Documentation

DAY = date(2026, 6, 16)  # a Tuesday
MOMENT = datetime(2026, 6, 16, 9, 0, tzinfo=UTC)
LONG_BEFORE = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
WRITER, AUTHOR = 7, 8

RULES = Documentation(
    project="docs",
    phase="build",
    paths=("doc/**", "docs/*.md"),
    section="partner",
    reviewers="writers",
)
SECTION = File("doc/install/acme.md", ("# Install on Acme Cloud", "", "Start it."))


def case(
    now: datetime = LONG_BEFORE,
    *,
    rules: Documentation = RULES,
    launch: dict[str, Any] | None = None,
    days: BusinessDays | None = None,
    **request: Any,
) -> Case:
    """A case in which all is well, but for what is given."""
    wanted = Launch(
        id="i900",
        revision=3,
        state="running",
        day=DAY,
        partner="Acme Cloud",
        secrets=("Acme Cloud",),
        writers=frozenset({WRITER}),
    )
    held = MergeRequest(
        id=55,
        project=4,
        iid=1,
        url="https://gitlab.test/docs/-/merge_requests/1",
        head="a" * 40,
        merge_after=MOMENT,
        reviewed_by=frozenset({WRITER}),
        approved_by=frozenset({WRITER}),
        files=(SECTION,),
        written=("acme", "Document it", "The new section."),
        launches=frozenset({"i900"}),
    )
    calendar = days or BusinessDays(Calendar())
    return Case(rules, replace(wanted, **(launch or {})), replace(held, **request), calendar, now)
