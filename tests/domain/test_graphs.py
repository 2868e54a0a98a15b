"""Circles are found, whatever their size, and nothing else is called one."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.graphs import cycles, reachable

NODES = st.integers(0, 7)
GRAPHS = st.dictionaries(NODES, st.lists(NODES, max_size=3), max_size=8)


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"a": ["b"], "b": ["c"], "c": []}, [], id="chain"),
        pytest.param({"a": ["x"]}, [], id="way out of the graph"),
        pytest.param({"a": ["a"]}, [("a", "a")], id="itself"),
        pytest.param({"a": ["b"], "b": ["c"], "c": ["b"]}, [("b", "c", "b")], id="way into one"),
        pytest.param(
            {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c", "e"], "e": []},
            [("a", "b", "a"), ("c", "d", "c")],
            id="two",
        ),
        pytest.param({"a": ["b", "b"], "b": []}, [], id="the same twice"),
    ],
)
def test_circles_are_found(graph: dict[str, list[str]], expected: list[tuple[str, ...]]) -> None:
    """Each is a way from a node back to itself."""
    assert list(cycles(graph)) == expected


@given(GRAPHS)
def test_circle_is_found_exactly_when_there_is_one(graph: dict[int, list[int]]) -> None:
    """Every circle is real, and where a node reaches itself one is found."""
    found = list(cycles(graph))
    for cycle in found:
        assert cycle[0] == cycle[-1]
        assert all(following in graph[node] for node, following in itertools.pairwise(cycle))
    circular = any(
        node in reachable(graph, following) for node, after in graph.items() for following in after
    )
    assert bool(found) == circular


def test_long_chains_are_no_danger() -> None:
    """Neither depth nor length makes it slow or break."""
    chain = {node: [node + 1] for node in range(50_000)}
    assert list(cycles(chain)) == []
    assert len(reachable(chain, 0)) == 50_001
    (circle,) = cycles({**chain, 50_000: [0]})
    assert len(circle) == 50_002
