"""How fast deliveries are answered after a durable commit, beside gidgetlab, which keeps none.

Both run on one core, and their rounds take turns, so that what else the machine does hits both.
"""

import itertools
import sqlite3
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import deliveries, servers
from benchmarks.figures import Figure, percentile
from benchmarks.load import Load, Target


@dataclass(frozen=True, slots=True)
class Shape:
    """How deliveries arrive, and the ratios to be reached with all, and with a tenth relevant."""

    name: str
    connections: int
    fresh: bool
    goals: tuple[float, float]


SHAPES = (
    Shape("16 connections", 16, fresh=False, goals=(1.0, 1.3)),
    Shape("64 connections", 64, fresh=False, goals=(1.4, 1.8)),
    Shape("a fresh connection each", 16, fresh=True, goals=(1.0, 1.2)),
)


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """The ratios, and how long answers take."""
    rounds, seconds = (3, 0.4) if quick else (5, 1.0)
    numbers, sent = itertools.count(1), list[Load]()
    with servers.receiver(folder) as us, servers.gidgetlab() as them:
        for title, bodies, which in (
            ("all relevant", deliveries.relevant(), 0),
            ("90 % irrelevant", deliveries.mostly_irrelevant(), 1),
        ):
            pair = Load(us, bodies, numbers), Load(them, bodies, numbers)
            sent.append(pair[0])
            for shape in SHAPES:
                name = f"webhooks/s to gidgetlab, {title}, {shape.name}"
                yield _ratio(name, pair, shape, shape.goals[which], [seconds] * rounds)
        sent.append(Load(us, deliveries.relevant(), numbers))
        yield from _answers(sent[-1], quick=quick)
    answered, kept = sum(map(_relevant, sent)), _kept(folder)
    details = {"answered": answered, "kept": kept}
    name = "deliveries that were answered and not kept"
    yield Figure(name, answered - kept, "", 0, details=details)


def _ratio(
    name: str, pair: tuple[Load, Load], shape: Shape, goal: float, rounds: Sequence[float]
) -> Figure:
    """The median of the ratios of neighbouring rounds; how much the cores worked is kept, too."""
    runs = [_round(pair, shape, seconds, turn) for turn, seconds in enumerate(rounds)]
    details: dict[str, dict[str, float]] = {
        who: {
            "per_second": round(statistics.median(run[number][0] for run in runs)),
            "cpu_us_each": round(statistics.median(run[number][1] for run in runs)),
        }
        for number, who in enumerate(("launchbot", "gidgetlab"))
    }
    value = statistics.median(us[0] / them[0] for us, them in runs)
    details["cpu_ratio"] = {"median": round(statistics.median(b[1] / a[1] for a, b in runs), 2)}
    return Figure(name, round(value, 2), "x", goal, "more", details)


def _round(
    pair: tuple[Load, Load], shape: Shape, seconds: float, turn: int
) -> list[tuple[float, float]]:
    """Both once; who comes first changes with every turn."""
    if turn % 2:
        return [_run(load, shape, seconds) for load in reversed(pair)][::-1]
    return [_run(load, shape, seconds) for load in pair]


def _run(load: Load, shape: Shape, seconds: float) -> tuple[float, float]:
    """Answers per second, and microseconds of the processor for each."""
    before, first = servers.cpu_seconds(load.target.pid), next(load.numbers)
    rate = load.rate(shape.connections, seconds, fresh=shape.fresh)
    sent = next(load.numbers) - first - 1
    return rate, (servers.cpu_seconds(load.target.pid) - before) / sent * 1e6


def _answers(load: Load, *, quick: bool) -> Iterator[Figure]:
    took = [1000 * one for one in load.paced(100, 3 if quick else 15)]
    yield Figure("answer at 100/s, p50", percentile(took, 0.5), "ms", 1.5)
    yield Figure("answer at 100/s, p99", percentile(took, 0.99), "ms", 4.0)
    bursts = [1000 * load.burst(200) for _ in range(3 if quick else 9)]
    yield Figure("last answer of a burst of 200", statistics.median(bursts), "ms", 60.0)


def _relevant(load: Load) -> int:
    """How many deliveries about launches were sent, and so answered: else the load has failed."""
    relevant = set(deliveries.relevant())
    counted = zip(load.sent, load.deliveries, strict=True)
    return sum(count for count, delivery in counted if delivery in relevant)


def _kept(folder: Path) -> int:
    with sqlite3.connect(folder / "launchbot.db") as database:
        return int(database.execute("SELECT count(*) FROM deliveries").fetchone()[0])


def target_memory(target: Target) -> float:
    """The memory of a server that is in use, in MiB."""
    status = Path(f"/proc/{target.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
