"""Versions: what is one, and which is newer."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.versions import is_final, is_newer, is_version, plain

RISING = ["19.1", "19.1.1", "19.2.0-rc42.ee.0", "v19.2.0-ee", "19.2.1", "19.10.0", "20.0.0.1"]


@pytest.mark.parametrize(("older", "newer"), [*pairwise(RISING)])
def test_numbers_count_as_numbers(older: str, newer: str) -> None:
    """And a candidate comes before its release."""
    assert is_newer(newer, older)
    assert not is_newer(older, newer)
    assert is_version(older)


@pytest.mark.parametrize("other", ["v19.2", "19.2.0", "19.2.0.0", "19.2.0-ee", "19.2+ee.1"])
def test_the_same_release_is_not_newer(other: str) -> None:
    """However it is written."""
    assert not is_newer("19.2", other)
    assert not is_newer(other, "19.2")


@pytest.mark.parametrize(
    "text",
    ["", "latest", "19", "19.1.0x", "1.2.3.4.5", "19.2 ", "19.2\n", "x19.2", "\uff11.\uff12"],
)
def test_other_texts_are_no_versions(text: str) -> None:
    """They are older than all."""
    assert not is_version(text)


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    """Tags may be called anything; at most one is the newer one."""
    assert not (is_newer(one, other) and is_newer(other, one))


def test_candidate_is_not_final() -> None:
    """Nor is what is no version."""
    assert is_final("v19.2.0")
    assert not is_final("v19.2.0-rc1")
    assert not is_final("nightly")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("v19.2", "19.2"), ("19.2.0+ee.0", "19.2.0"), ("v19.2-ee", "19.2-ee"), ("very", "very")],
)
def test_tag_gives_a_version(tag: str, expected: str) -> None:
    """Without what products put around it; another text stays as it is."""
    assert plain(tag) == expected
