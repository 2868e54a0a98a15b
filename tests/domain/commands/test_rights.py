"""Who may use which command: the whole table, cell by cell."""

from dataclasses import replace
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

# The cook owns the food and its cake, the host has the lead; those two, the band and the assignee
# are planners in GitLab. The columns to the right are members without any role.
MAY = """
command                     lead owner other assignee planner reporter developer maintainer owner_
start party                 yes  yes   yes   yes      yes     yes      yes       yes        yes
set guest=Eve               yes  yes   yes   -        -       -        -         -          -
status                      yes  yes   yes   yes      yes     yes      yes       yes        yes
why                         yes  yes   yes   yes      yes     yes      yes       yes        yes
why food                    yes  yes   yes   yes      yes     yes      yes       yes        yes
assign cook me              yes  yes   -     -        -       -        yes       yes        yes
assign food me              yes  yes   -     yes      -       -        yes       yes        yes
assign cake me              yes  yes   -     yes      -       -        yes       yes        yes
effort food 5d              yes  yes   -     yes      -       -        yes       yes        yes
due food friday             yes  yes   -     yes      -       -        yes       yes        yes
due cake friday             yes  yes   -     yes      -       -        yes       yes        yes
done cake                   yes  yes   -     yes      -       -        yes       yes        yes
undo cake                   yes  yes   -     yes      -       -        yes       yes        yes
skip cake because x         yes  -     -     -        -       -        -         -          -
unlock food because x       yes  -     -     -        -       -        -         -          -
close food because x        yes  -     -     -        -       -        -         -          -
waiting partner             yes  yes   yes   -        -       -        -         -          -
partner replied             yes  yes   yes   -        -       -        -         -          -
escalate                    yes  yes   yes   yes      -       -        -         -          -
docs !1                     yes  yes   yes   -        -       -        yes       yes        yes
date friday because x       yes  -     -     -        -       -        -         -          -
go                          yes  yes   yes   -        -       -        -         -          -
no-go because x             yes  yes   yes   -        -       -        -         -          -
live                        yes  -     -     -        -       -        -         -          -
pause because x             yes  -     -     -        -       -        -         -          -
resume                      yes  -     -     -        -       -        -         -          -
cancel because x            yes  -     -     -        -       -        -         -          -
delegate cook @eve          yes  yes   -     -        -       -        -         -          -
reinstate cook              yes  yes   -     -        -       -        -         -          -
plan go                     yes  yes   yes   yes      yes     yes      yes       yes        yes
help                        yes  yes   yes   yes      yes     yes      yes       yes        yes
"""
MAY_IF_OPTIONAL = """
skip cake because x         yes  yes   -     yes      -       -        yes       yes        yes
"""
ACTORS: dict[str, dict[str, Any]] = {
    "lead": {"roles": frozenset({"host"})},
    "owner": {"roles": frozenset({"cook"})},
    "other": {"roles": frozenset({"band"})},
    "assignee": {},
    "planner": {},
    "reporter": {"level": 20},
    "developer": {"level": 30},
    "maintainer": {"level": 40},
    "owner_": {"level": 50},
}
# What a member may, somebody may whose membership is inherited; nobody else may anything.
STANDINGS: dict[str, tuple[str | None, dict[str, Any]]] = {
    "member": (None, {}),
    "inherited": (None, {}),
    "guest": ("guest", {"level": 10}),
    "minimal": ("guest", {"level": 5}),
    "none": ("stranger", {"level": None}),
    "blocked": ("blocked", {"blocked": True}),
    "bot": ("bot", {"bot": True}),
}


def rows() -> list[Any]:
    """Every line of the table, with the answer for every actor."""
    head = MAY.strip().splitlines()[0].split()[1:]
    found = []
    for of, text in ((PARTY, MAY), (HUNGRY, MAY_IF_OPTIONAL)):
        for row in text.strip().splitlines():
            if not row.startswith("command "):
                line = row[:28].strip()
                may = {who: mark == "yes" for who, mark in zip(head, row[28:].split(), strict=True)}
                name = f"{line}{' (optional)' if of is HUNGRY else ''}"
                found.append(pytest.param(of, line, may, id=name))
    return found


def actor(who: str, standing: str, target: Target | None) -> Actor:
    """Somebody of a column; the assignee is assigned to what the command is about."""
    about = "food" if target and target.kind in {"phase", "task"} else "root"
    assigned = frozenset({about} if who == "assignee" else set())
    person = Actor(1, "eve", **{"level": 15, "assignee_of": assigned, **ACTORS[who]})
    return replace(person, **STANDINGS[standing][1])


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize(("of", "line", "may"), rows())
def test_row(of: Process, line: str, may: dict[str, bool], standing: str) -> None:
    """Who may, may; and who may not, is told why."""
    command, why = understood(line, scope(of)), STANDINGS[standing][0]
    answers = {
        who: allowed(command, actor(who, standing, command.target), of, HOLDERS) for who in may
    }
    assert {who: refusal.why if refusal else None for who, refusal in answers.items()} == {
        who: why or (None if yes else "right") for who, yes in may.items()
    }


def test_table_has_every_command() -> None:
    """A new command needs its line."""
    lines = MAY.strip().splitlines()[1:]
    assert [*dict.fromkeys(line.split()[0] for line in lines)] == list(VERBS)


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
