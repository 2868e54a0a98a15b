"""Rights and the head word of commands are checked before they can surprise anybody."""

import pytest

from bot.domain.problems import Problem
from bot.domain.validation import check_configuration, check_process
from tests.domain.definitions import TEXTS, installation, party


def in_process(**changes: object) -> tuple[Problem, ...]:
    """What is wrong with the changed party."""
    return check_process(party(**changes), "party", {**TEXTS})


def in_installation(**changes: object) -> tuple[Problem, ...]:
    """What is wrong with the changed configuration."""
    return check_configuration(installation(**changes), {"party": party()}, ["party"])


@pytest.mark.parametrize(
    ("rights", "check", "path", "nearest"),
    [
        ({"unlok": {"lead": True}}, "unknown-command", ("unlok",), "unlock"),
        ({"go": {"roles": ["coock"]}}, "unknown-role", ("go", "roles", 0), "cook"),
        ({"go": {"level": "developper"}}, "wrong-value", ("go", "level"), "developer"),
        ({"go": {"level": "guest"}}, "wrong-value", ("go", "level"), None),
        ({"go": {}}, "wrong-value", ("go",), None),
        ({"go": {"role": ["cook"]}}, "unknown-key", ("go", "role"), "roles"),
        (["go"], "wrong-type", (), None),
    ],
)
def test_wrong_right_is_found(
    rights: object, check: str, path: tuple[str | int, ...], nearest: str | None
) -> None:
    """With its place and the nearest word."""
    (problem,) = in_process(rights=rights)
    assert (problem.check, problem.path) == (check, ("rights", *path))
    assert problem.nearest == nearest


def test_sound_rights_are_silent() -> None:
    """Everything that the reference names may be used."""
    right = {"roles": ["cook"], "lead": True, "owner": True, "holders": True, "assignee": True}
    assert in_process(rights={"no-go": {**right, "level": "planner"}}) == ()


def test_role_may_be_there_for_a_right_alone() -> None:
    """Somebody may approve without having a task."""
    judge = {"roles__judge": {"title": "Judge"}}
    assert [problem.check for problem in in_process(**judge)] == ["unused-role"]
    assert in_process(**judge, rights={"unlock": {"roles": ["judge"]}}) == ()


@pytest.mark.parametrize(
    ("word", "words", "nearest"),
    [
        ("close", '"close" is a quick action of GitLab', "launch"),
        ("Party time", '"Party time" is no word for commands', "party-time"),
    ],
)
def test_unusable_head_word_is_found(word: str, words: str, nearest: str) -> None:
    """Commands that never arrive would be the worst of mistakes."""
    (problem,) = in_installation(command=word)
    assert (problem.check, problem.path) == ("command-word", ("command",))
    assert words in problem.message
    assert problem.nearest == nearest


def test_usable_head_word_is_silent() -> None:
    """Any free word does."""
    assert in_installation(command="party") == ()
    assert in_installation() == ()


@pytest.mark.parametrize(("word", "check"), [(5, "wrong-type"), ("x" * 41, "wrong-value")])
def test_head_word_has_a_form(word: object, check: str) -> None:
    """Text of sensible length."""
    assert [problem.check for problem in in_installation(command=word)] == [check]
