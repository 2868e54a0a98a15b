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
    left = _pruned({node: [n for n in after if n in graph] for node, after in graph.items()})
    while left:
        walk = [next(iter(left))]
        while (following := left[walk[-1]][0]) not in walk:
            walk.append(following)
        cycle = walk[walk.index(following) :]
        yield (*cycle, following)
        rest = {node: after for node, after in left.items() if node not in cycle}
        left = _pruned({node: [n for n in after if n in rest] for node, after in rest.items()})


def reachable(graph: Mapping[N, Sequence[N]], start: N) -> frozenset[N]:
    """Every node on a way from the start, itself included."""
    seen = {start}
    waiting = deque(seen)
    while waiting:
        new = [node for node in graph.get(waiting.popleft(), ()) if node not in seen]
        seen.update(new)
        waiting.extend(new)
    return frozenset(seen)


def _pruned(graph: Mapping[N, Sequence[N]]) -> dict[N, list[N]]:
    """The graph without the nodes from which every way ends."""
    left = {node: list(after) for node, after in graph.items()}
    while ends := {node for node, after in left.items() if not after}:
        left = {
            node: [n for n in after if n not in ends]
            for node, after in left.items()
            if node not in ends
        }
    return left
