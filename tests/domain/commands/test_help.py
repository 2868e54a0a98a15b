"""Help and reference say all that the table says, and nothing in them runs."""

from dataclasses import replace

import pytest

from bot.domain.commands.command import Command
from bot.domain.commands.grammar import render
from bot.domain.commands.help import RULES, about, examples_of, overview, reference
from bot.domain.commands.lines import read
from bot.domain.commands.table import VERBS, Verb
from bot.domain.messages import mentions
from bot.domain.rendering import has_quick_action
from tests.domain.commands.scopes import scope, understood
from tests.domain.definitions import process

PAGE = "\n\n".join(reference())


def answers() -> list[str]:
    """Everything that help can say."""
    places = (scope(), scope(None, running=False), replace(scope(None), processes={}))
    return [
        text
        for where in places
        for text in (overview(where), *(about(verb, where, {"host": ["ada"]}) for verb in VERBS))
    ]


@pytest.mark.parametrize("text", [*answers(), PAGE])
def test_nothing_in_help_is_a_command(text: str) -> None:
    """The bot may post it, people may quote it, and nothing runs and nobody is notified."""
    assert not has_quick_action(text)
    assert read(text, "launch") == ()
    assert not has_quick_action(text.replace("- ", ""))
    if text is not PAGE:
        assert not mentions(text)


@pytest.mark.parametrize("row", VERBS.values(), ids=VERBS)
def test_examples_are_understood(row: Verb) -> None:
    """With names of the process that the launch runs, and with those of an installed one."""
    for text in examples_of(row, scope()):
        command = understood(text)
        assert command.verb == row.name
        assert understood(render(command)) == command
    if not row.needs_launch and row.name not in {"set", "plan"}:
        for text in examples_of(row, scope(None, running=False)):
            assert understood(text, scope(None, running=False)).verb == row.name


def test_example_of_a_value_is_one_that_can_be_set() -> None:
    """The launch date has a command of its own."""
    day_first = {
        "day": {"title": "Day", "example": "2027-05-01", "type": "date"},
        "guest": {"title": "Guest", "example": 'Ada "L"'},
    }
    where = scope(process(inputs=day_first, root__due="day"))
    (text,) = examples_of(VERBS["set"], where)
    assert text == 'set guest="Ada \\"L\\""'
    assert understood(text, where) == Command("set", values=(("guest", 'Ada "L"'),))


@pytest.mark.parametrize("row", VERBS.values(), ids=VERBS)
def test_every_command_is_in_overview_and_reference(row: Verb) -> None:
    """Nothing has to be guessed."""
    usage = f"`/launch {row.usage()}`"
    assert f"- {usage}: {row.does}" in overview(scope()).replace("\u2060", "").splitlines()
    in_table = usage.replace("|", r"\|")
    assert f"| {in_table} | {row.does} |" in PAGE


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_in_overview_and_reference(rule: str) -> None:
    """What holds for all commands is said once in each."""
    assert f"- {rule}" in overview(scope()).splitlines()
    assert f"- {rule}" in PAGE.splitlines()


def test_help_of_a_command_names_people_and_examples() -> None:
    """Who may, by name, and lines to copy with names of this launch."""
    assert about("unlock", scope(), {"host": ["ada"]}) == (
        "`/launch unlock PHASE because ...`: Opens a phase before what it waits for is done.\n\n"
        "Who may: Host (`ada`).\n\nFor example:\n\n"
        "- `/launch unlock plan because the partner needs the time`"
    )


def test_reference_tells_for_whom_a_command_is() -> None:
    """In words that hold for every process."""
    assert (
        "| the owner of what it names, the owner of the root issue, whoever is assigned to it or "
        "members with at least the Developer role in GitLab |"
    ) in PAGE


def test_head_word_is_that_of_the_installation() -> None:
    """What is shown can be copied."""
    where = replace(scope(), head="party")
    assert "/launch" not in overview(where) + about("done", where)
    assert "- `/party done invite`" in about("done", where)


@pytest.mark.parametrize("row", VERBS.values(), ids=VERBS)
def test_row_of_the_table_is_whole(row: Verb) -> None:
    """Every command says in one sentence what it does, and shows it."""
    assert row.does.endswith(".")
    assert row.examples
    assert row.name == row.usage().split()[0]


def test_commands_that_only_answer_are_known() -> None:
    """Who pauses or fears a launch can still ask."""
    assert {verb.name for verb in VERBS.values() if not verb.changes} == {
        "status",
        "why",
        "plan",
        "help",
    }
