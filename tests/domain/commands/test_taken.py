"""Which words can begin commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands.taken import FREE, QUICK_ACTIONS, objection, suggestion


@pytest.mark.parametrize("word", ["launch", "go-to-market", "bot2", "launch_it", "approved"])
def test_word_is_free(word: str) -> None:
    """Nothing speaks against it."""
    assert objection(word) is None


@pytest.mark.parametrize("word", sorted(QUICK_ACTIONS))
def test_quick_action_of_gitlab_is_taken(word: str) -> None:
    """GitLab would run it, and take the line away."""
    assert "quick action of GitLab" in str(objection(word))
    assert suggestion(word) == FREE


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("Launch", "launch"),
        ("/go", "go"),
        ("go to market", "go-to-market"),
        ("2go", "go"),
        ("Close!", FREE),
        ("", FREE),
        ("ü", FREE),
        ("request-review", FREE),
    ],
)
def test_nearest_free_word_is_suggested(word: str, near: str) -> None:
    """Made of the same letters where that goes."""
    assert objection(word)
    assert suggestion(word) == near


@given(st.text(max_size=40))
def test_suggestion_is_always_free(word: str) -> None:
    """Nobody is led from one mistake into the next."""
    assert objection(suggestion(word)) is None
