"""Ways through what waits for what: cycles, and what can be reached.

Without recursion, so that a long chain in a definition is no danger.
It must not know what the names stand for.
"""

from collections import deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def cycles(graph: Mapping[N, Sequence[N]]) -> Iterator[tuple[N, ...]]:
    """Cycles that have no node in common, each from a node back to itself; none is passed over."""
    left = _pruned(graph)
    while left:
        walk = _walk(left)
        yield walk
        on_it = set(walk)
        left = _pruned({node: after for node, after in left.items() if node not in on_it})


def reachable(graph: Mapping[N, Sequence[N]], start: N) -> frozenset[N]:
    """Every node on a way from the start, itself included."""
    seen = {start}
    waiting = deque(seen)
    while waiting:
        new = [node for node in graph.get(waiting.popleft(), ()) if node not in seen]
        seen.update(new)
        waiting.extend(new)
    return frozenset(seen)


def _walk(graph: Mapping[N, Sequence[N]]) -> tuple[N, ...]:
    """The cycle that one ends up in, where every way goes on for ever."""
    following = next(iter(graph))
    walk: dict[N, int] = {}
    while following not in walk:
        walk[following] = len(walk)
        following = graph[following][0]
    return (*list(walk)[walk[following] :], following)


def _pruned(graph: Mapping[N, Sequence[N]]) -> dict[N, list[N]]:
    """The graph without the nodes from which every way ends."""
    ways = {node: {n for n in after if n in graph} for node, after in graph.items()}
    before: dict[N, list[N]] = {node: [] for node in graph}
    for node, after in ways.items():
        for following in after:
            before[following].append(node)
    ends = deque(node for node, after in ways.items() if not after)
    gone = set(ends)
    while ends:
        end = ends.popleft()
        for node in before[end]:
            ways[node].discard(end)
            if not ways[node]:
                ends.append(node)
                gone.add(node)
    return {
        node: [n for n in after if n in ways[node]]
        for node, after in graph.items()
        if node not in gone
    }
