"""Which issues the description of a merge request names."""

import time

import pytest

from bot.gitlab.documents import _references


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Launch: group/project#12", [("group/project", 12)]),
        ("(see a/b/c.d-e#1, and a/b#2.)", [("a/b/c.d-e", 1), ("a/b", 2)]),
        ("https://gitlab.test/a/b/-/issues/3", [("a/b", 3)]),
        ("https://gitlab.test/a/b/-/work_items/4?x=1#note_5", [("a/b", 4)]),
        ("#12", []),
        ("a/b#12x and a/b!12 and a/b#", []),
        ("https://gitlab.test/a/b/-/merge_requests/3", []),
        ("x" * 20_000 + " a/b#1", []),
    ],
)
def test_issues_are_named_by_reference_or_address(text: str, places: list[tuple[str, int]]) -> None:
    """With the path of their project; a number alone is one of the same project, and no launch."""
    assert list(_references(text)) == places


@pytest.mark.parametrize("piece", ["http://a/", "a/", "a/b#", "http://a/b/-/issues/", "#1", "-"])
def test_hostile_description_is_read_in_a_moment(piece: str) -> None:
    """Whatever is repeated in it, a million characters long."""
    began = time.perf_counter()
    list(_references(piece * (1_000_000 // len(piece))))
    assert time.perf_counter() - began < 2
