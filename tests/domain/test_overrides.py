"""An installation changes texts, dates and people of a process where it is configured."""

from typing import Any

import pytest

from bot.domain.documents import Document, Position, parse
from bot.domain.overrides import graft, override, tasks
from bot.domain.problems import Problem
from bot.domain.validation import check_configuration, check_process
from tests.domain.definitions import CONFIGURATION, PARTY, TEXTS, party


def changed(text: str, definition: str = PARTY) -> Document:
    """The party as an installation changes it."""
    path = ("overrides", "party")
    return override(parse(definition), parse(f"overrides:\n  party:\n{text}"), path, "bot.yml")


def value(document: Document) -> Any:
    """Its data."""
    return document.value


def test_texts_dates_and_people_are_changed() -> None:
    """Each at its place; the rest stays as it is."""
    document = changed("""\
    title: A feast
    description: Many meet.
    roles: {band: {title: Choir}}
    inputs: {guest: {example: Bea}}
    root: {role: cook}
    phases: {plan: {due: {business_days: 7, after: opening}}}
    tasks: {eggs: {hint: Twelve.}, song: {role: host}}
""")
    expected = party(
        title="A feast",
        description="Many meet.",
        roles__band__title="Choir",
        inputs__guest__example="Bea",
        root__role="cook",
        phases__plan__due={"business_days": 7, "after": "opening"},
        phases__plan__tasks__1__tasks__0__hint="Twelve.",
        phases__music__tasks__0__role="host",
    )
    assert document.value == expected
    assert parse(PARTY).value == party()
    assert check_process(document.value, "party", TEXTS) == ()


def test_change_has_the_place_where_it_is_written() -> None:
    """A mistake in it is told there, and not in the definition."""
    document = changed("    phases: {plan: {due: {days: 7}}}\n")
    place = ("phases", "plan", "due")
    assert document.position((*place, "days"), on_key=True) == Position(3, 27, "bot.yml")
    assert document.position((*place, "business_days")) == Position(3, 21, "bot.yml")
    assert document.position(("phases", "plan", "title")).file is None
    assert (*place, "business_days") not in document.values


def test_date_can_be_taken_away() -> None:
    """With nothing in its place."""
    document = changed("    tasks: {invite: {due: null}}\n")
    assert value(document)["phases"]["plan"]["tasks"][0]["due"] is None


@pytest.mark.parametrize(
    "text",
    [
        "    phases: {paln: {title: x}}\n",
        "    tasks: {invit: {title: x}}\n",
        "    phases: {plan: {titel: x}}\n",
        "    root: {titel: x}\n",
        "    tasks: {invite: {titel: x}}\n",
        "    phases: [plan]\n",
        "    phases: {plan: x}\n",
        "    texts: own\n",
        "    name: feast\n",
        "    []\n",
    ],
)
def test_what_leads_nowhere_changes_nothing(text: str) -> None:
    """The checks tell it."""
    assert changed(text).value == party()


@pytest.mark.parametrize(
    "definition", ["[]", "phases: {plan: x}", "phases: {plan: {tasks: [x, {}]}}", "root: x"]
)
def test_broken_definition_is_left_alone(definition: str) -> None:
    """Data may be anything."""
    text = "    root: {role: cook}\n    phases: {plan: {role: cook}}\n    tasks: {a: {role: b}}\n"
    assert isinstance(changed(text, definition), Document)


def test_tasks_are_found_by_id() -> None:
    """Sub-items too."""
    assert dict(tasks(party()))["wine"] == ("phases", "plan", "tasks", 1, "tasks", 1)


def found(overrides: str) -> tuple[Problem, ...]:
    """What is wrong with the overrides of an installation."""
    document = parse(f"{CONFIGURATION}overrides:\n{overrides}").value
    return check_configuration(document, {"party": party()}, ["party"])


@pytest.mark.parametrize(
    ("text", "check", "nearest"),
    [
        ("  praty: {title: x}", "unknown-process", "party"),
        ("  party: {roles: {bnad: {title: x}}}", "unknown-role", "band"),
        ("  party: {inputs: {geust: {title: x}}}", "unknown-input", "guest"),
        ("  party: {phases: {paln: {title: x}}}", "unknown-phase", "plan"),
        ("  party: {tasks: {egs: {title: x}}}", "unknown-task", "eggs"),
        ("  party: {tasks: {eggs: {titel: x}}}", "unknown-key", "title"),
    ],
)
def test_name_that_leads_nowhere_is_a_mistake(text: str, check: str, nearest: str) -> None:
    """With what was likely meant."""
    (problem,) = found(text)
    assert (problem.check, problem.nearest) == (check, nearest)


def test_sound_overrides_have_no_problem() -> None:
    """Nothing is said where nothing is wrong."""
    assert found("  party: {title: x, tasks: {eggs: {due: null}}, texts: own}") == ()


def test_key_of_another_file_stands_as_if_it_were_here() -> None:
    """With the place where it is written."""
    document = graft(parse("a: 1"), "b", parse("b: [x]"), "other.yml")
    assert document.value == {"a": 1, "b": ["x"]}
    assert document.position(("b", 0)) == Position(1, 5, "other.yml")
    assert graft(parse("[]"), "b", parse("b: 1"), "other.yml").value == []
