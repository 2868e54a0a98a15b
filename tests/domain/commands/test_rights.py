"""Who may use which command: the whole table, cell by cell."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands.command import Command, Target
from bot.domain.commands.rights import LEVELS, Actor, allowed, right_of, who_may
from bot.domain.commands.table import VERBS
from bot.domain.messages import mentions
from bot.domain.process import Process, Right
from bot.domain.rendering import has_quick_action
from tests.domain.commands.scopes import PARTY, scope, understood
from tests.domain.commands.test_grammar import commands
from tests.domain.definitions import process

HOLDERS = {"host": ["ada"], "cook": ["bob", "cy"], "band": []}
HUNGRY = process(phases__food__tasks__0__optional="If hungry.")

RIGHTS = (Path(__file__).parent / "rights.md").read_text(encoding="utf-8")
ACTORS: dict[str, dict[str, Any]] = {
    "lead": {"roles": frozenset({"host"})},
    "owner": {"roles": frozenset({"cook"})},
    "other": {"roles": frozenset({"band"})},
    "assignee": {},
    "planner": {},
    "reporter": {"level": 20},
    "developer": {"level": 30},
    "maintainer": {"level": 40},
    "GitLab owner": {"level": 50},
}
# What GitLab says of somebody; nothing of those whom their role decides about.
STANDINGS: dict[str, dict[str, Any]] = {
    "member": {},
    "inherited": {},
    "guest": {"level": 10},
    "minimal": {"level": 5},
    "none": {"level": None},
    "fork": {"level": None},
    "blocked": {"blocked": True},
    "bot": {"bot": True},
}


def table(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, with its first row."""
    text = RIGHTS.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in rows if row[0] != "---"]


HEAD, *ROWS = table("By role")
ANSWERS = {row[0]: row[2] for row in table("By standing")[1:]}


def rows() -> list[Any]:
    """Every line of the table, with the answer for every actor."""
    found = []
    for line, kind, *marks in ROWS:
        may = {who: mark == "yes" for who, mark in zip(HEAD[2:], marks, strict=True)}
        of = HUNGRY if kind == "optional" else PARTY
        found.append(pytest.param(of, line, may, id=f"{line} {kind}".strip()))
    return found


def actor(who: str, standing: str, target: Target | None) -> Actor:
    """Somebody of a column; the assignee is assigned to what the command is about."""
    about = "food" if target and target.kind in {"phase", "task"} else "root"
    assigned = frozenset({about} if who == "assignee" else set())
    person = Actor(1, "eve", **{"level": 15, "assignee_of": assigned, **ACTORS[who]})
    return replace(person, **STANDINGS[standing])


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize(("of", "line", "may"), rows())
def test_row(of: Process, line: str, may: dict[str, bool], standing: str) -> None:
    """Who may, may; and who may not, is told why."""
    command = understood(line, scope(of))
    _, _, why = ANSWERS[standing].partition(",")[0].partition("refused: ")
    answers = {
        who: allowed(command, actor(who, standing, command.target), of, HOLDERS) for who in may
    }
    assert {who: refusal.why if refusal else None for who, refusal in answers.items()} == {
        who: why or (None if yes else "right") for who, yes in may.items()
    }


def test_table_has_every_command_and_everybody() -> None:
    """A new command needs its line, and nobody is left out."""
    assert [*dict.fromkeys(row[0].split()[0] for row in ROWS)] == list(VERBS)
    assert HEAD[2:] == list(ACTORS)
    assert [*ANSWERS] == list(STANDINGS)


EVE = Actor(1, "eve", 15)


@pytest.mark.parametrize(
    ("line", "person", "sentence"),
    [
        ("unlock food because x", EVE, "`eve` may not do that: `unlock` is for Host (`ada`)."),
        (
            "done cake",
            EVE,
            (
                "`eve` may not do that: `done` is for Cook (`bob`, `cy`), Host (`ada`), whoever is "
                "assigned to it or members with at least the Developer role in GitLab."
            ),
        ),
        (
            "skip cake because x",
            EVE,
            "`eve` may not do that: `skip` of a required task is for Host (`ada`).",
        ),
        (
            "delegate band @eve",
            EVE,
            "`eve` may not do that: `delegate` is for Band (nobody yet) or Host (`ada`).",
        ),
        (
            "go",
            EVE,
            "`eve` may not do that: `go` is for everybody who has a role in the process.",
        ),
        (
            "live",
            Actor(1, "eve", 10),
            "`eve` is a guest of this project; `live` is for Host (`ada`).",
        ),
        (
            "live",
            Actor(1, "eve"),
            "`eve` is no member of this project; `live` is for Host (`ada`).",
        ),
        ("live", Actor(1, "eve", 50, blocked=True), "`eve` is blocked in GitLab."),
        ("live", Actor(1, "eve", bot=True), "`eve` is a bot, and I take no commands from bots."),
    ],
)
def test_refusal_says_why_and_who_may(line: str, person: Actor, sentence: str) -> None:
    """People are named, and nobody is notified."""
    refusal = allowed(understood(line), person, PARTY, HOLDERS)
    assert refusal
    assert refusal.text == sentence


def test_owner_of_a_task_is_its_role_and_that_of_its_phase() -> None:
    """The phase is accountable for what others do in it."""
    command = understood("done eggs")
    assert who_may("done", PARTY, command.target).startswith("Cook, Host, whoever")
    assert allowed(command, replace(EVE, roles=frozenset({"cook"})), PARTY, HOLDERS) is None
    assert allowed(command, replace(EVE, assignee_of=frozenset({"eggs"})), PARTY, {}) is None
    assert allowed(command, replace(EVE, assignee_of=frozenset({"plan"})), PARTY, {}) is None
    assert allowed(command, replace(EVE, assignee_of=frozenset({"food"})), PARTY, {}) is not None


def test_sub_item_of_an_optional_task_is_optional() -> None:
    """Who may leave out the whole may leave out the part."""
    shop = process(phases__plan__tasks__1__optional="If hungry.")
    command = understood("skip eggs because x")
    person = replace(EVE, roles=frozenset({"cook"}))
    assert allowed(command, person, shop, HOLDERS) is None
    assert allowed(command, person, PARTY, HOLDERS) is not None


def test_right_of_the_process_takes_the_place_of_that_of_the_table() -> None:
    """Whole, not in part: what is not said is not given."""
    of = process(rights={"unlock": {"roles": ["band"], "level": "maintainer"}})
    command = understood("unlock food because x")
    assert right_of("unlock", of) == Right(roles=("band",), level="maintainer")
    assert right_of("close", of) == VERBS["close"].audience
    assert allowed(command, replace(EVE, roles=frozenset({"band"})), of, HOLDERS) is None
    assert allowed(command, replace(EVE, level=40), of, HOLDERS) is None
    refusal = allowed(command, replace(EVE, roles=frozenset({"host"})), of, HOLDERS)
    assert refusal
    assert refusal.text.endswith(
        "is for Band (nobody yet) or members with at least the Maintainer role in GitLab."
    )


def test_assignee_of_the_root_may_what_names_nothing() -> None:
    """Where the process gives the right to assignees."""
    of = process(rights={"pause": {"assignee": True}})
    command = understood("pause because x")
    assert allowed(command, replace(EVE, assignee_of=frozenset({"root"})), of, {}) is None
    assert allowed(command, replace(EVE, assignee_of=frozenset({"food"})), of, {}) is not None


def test_owner_of_nothing_is_nobody() -> None:
    """A right of owners says nothing where a command names nothing."""
    of = process(rights={"pause": {"owner": True}})
    assert allowed(understood("pause because x"), EVE, of, HOLDERS) is not None
    assert who_may("pause", of) == "the owner of what it names"


def test_without_process_the_level_decides() -> None:
    """Help is for members everywhere."""
    assert allowed(Command("help"), EVE, None, {}) is None
    assert allowed(Command("help", Target("verb", "go")), replace(EVE, level=10), None, {})
    done = Command("done", Target("task", "cake"))
    assert allowed(done, replace(EVE, assignee_of=frozenset({"cake"})), None, {}) is None
    assert allowed(done, EVE, None, {})
    assert allowed(replace(done, verb="skip"), EVE, None, {})


def test_planner_is_the_least_level() -> None:
    """Whoever is below it is a guest."""
    assert min(LEVELS.values()) == LEVELS["planner"] == 15


@given(commands(), st.sampled_from(list(ACTORS)), st.sampled_from(list(STANDINGS)))
def test_any_decision_is_one_harmless_sentence(command: Command, who: str, standing: str) -> None:
    """No refusal mentions anybody or runs anything."""
    refusal = allowed(command, actor(who, standing, command.target), PARTY, HOLDERS)
    if refusal:
        assert "\n" not in refusal.text
        assert not mentions(refusal.text)
        assert not has_quick_action(refusal.text)


@given(commands(), st.integers(0, 14) | st.none())
def test_no_right_makes_up_for_too_little_access(command: Command, level: int | None) -> None:
    """Not even all roles and a generous process."""
    everybody = Right(holders=True, lead=True, owner=True, assignee=True, level="planner")
    of = PARTY.model_copy(update={"rights": dict.fromkeys(VERBS, everybody)})
    person = Actor(1, "eve", level, roles=frozenset(PARTY.roles), assignee_of=frozenset({"root"}))
    assert allowed(command, person, of, HOLDERS)
    assert allowed(command, replace(person, level=15), of, HOLDERS) is None
