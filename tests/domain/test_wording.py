"""Messages speak of words as a person would."""

import pytest

from bot.domain.wording import counted, listed, nearest


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("tilte", "title", id="letters swapped"),
        pytest.param("Done When", "done_when", id="written as words"),
        pytest.param("DONE-WHEN", "done_when", id="other case and joints"),
        pytest.param("zzz", None, id="nothing like it"),
    ],
)
def test_nearest_word_is_what_somebody_meant(word: str, expected: str | None) -> None:
    """A slip of the hand is recognised, and nothing is guessed where nothing is close."""
    assert nearest(word, ["title", "done_when", "role"]) == expected


def test_lists_read_like_a_sentence() -> None:
    """The last word is joined by and."""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


def test_counts_agree_with_their_noun() -> None:
    """One task, two tasks."""
    assert counted(1, "task") == "1 task"
    assert counted(0, "task") == "0 tasks"
