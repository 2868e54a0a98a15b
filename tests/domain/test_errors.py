"""Three kinds of failure, which callers treat differently."""

from itertools import permutations

import pytest

from bot.domain.errors import PermanentError, TransientError, UserError

KINDS = [UserError, TransientError, PermanentError]


@pytest.mark.parametrize("kind", KINDS)
def test_error_says_what_it_was_given(kind: type[Exception]) -> None:
    """The text is what a person reads, without additions."""
    assert str(kind("Give a date.")) == "Give a date."


@pytest.mark.parametrize(("one", "other"), list(permutations(KINDS, 2)))
def test_no_error_is_of_two_kinds(one: type[Exception], other: type[Exception]) -> None:
    """Who catches one kind does not catch another."""
    assert not issubclass(one, other)
