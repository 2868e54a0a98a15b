"""Mistakes in the `documentation` of a definition."""

from typing import Any

import pytest

from bot.domain.validation import check_configuration, check_process
from tests.domain.definitions import GONE, TEXTS, installation, party

DOCUMENTATION: dict[str, Any] = {
    "project": "house",
    "phase": "food",
    "paths": ["doc/**"],
    "section": "guest",
    "reviewers": "cook",
    "needs": ["invite"],
}


def found(definition: dict[str, Any]) -> list[str]:
    """Check and message of what is wrong."""
    problems = check_process(definition, "party", TEXTS)
    return [f"{p.check} {'.'.join(map(str, p.path))}: {p.nearest}" for p in problems]


def documented(**changes: object) -> dict[str, Any]:
    """The party with documentation, changed."""
    return party(documentation={**DOCUMENTATION, **changes})


def test_documentation_that_makes_sense_passes() -> None:
    """Nothing to say."""
    assert found(documented(off=["milestone"], at="23:59")) == []


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("phase", "foot", ["unknown-phase documentation.phase: food"]),
        ("needs", ["invited"], ["unknown-task documentation.needs.0: invite"]),
        ("needs", ["cake"], []),
        ("section", "gest", ["unknown-input documentation.section: guest"]),
        ("secrets", ["plaice"], ["unknown-input documentation.secrets.0: place"]),
        ("reviewers", "kook", ["unknown-role documentation.reviewers: cook"]),
        ("off", ["merge-affer"], ["unknown-rule documentation.off.0: merge-after"]),
        ("paths", [], ["wrong-value documentation.paths: None"]),
        ("at", "9:00", ["wrong-value documentation.at: None"]),
        ("at", "24:00", ["wrong-value documentation.at: None"]),
    ],
)
def test_slip_is_found(key: str, value: object, wanted: list[str]) -> None:
    """With its place and what was meant."""
    assert found(documented(**{key: value})) == wanted


def test_need_behind_the_documentation_can_never_be_met() -> None:
    """The phase of the task waits for the phase of the documentation."""
    assert found(documented(phase="plan", needs=["cake"])) == [
        "unreachable-need documentation.needs.0: None"
    ]


def test_documentation_needs_a_launch_date() -> None:
    """There is nothing to align it with."""
    definition = party(
        documentation=DOCUMENTATION, root__due=GONE, inputs__party_day__required=False
    )
    assert "launch-date documentation: None" in found(definition)


def test_project_of_the_documentation_is_in_the_configuration() -> None:
    """As those of the phases are."""
    problems = check_configuration(
        installation(), {"party": documented(project="attic")}, ["party"]
    )
    assert [(p.check, p.message) for p in problems] == [
        ("unknown-project", 'the process "party" needs a project called "attic" here')
    ]
