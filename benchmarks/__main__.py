"""Measures what Launchbot promises about speed, and keeps the figures in `build/bench.json`.

`make bench`, or with `ARGS=--quick` in under a minute; `docs/benchmarks.md` says what each means.
A goal that is missed is shown and fails nothing: figures depend on the machine.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import structlog

from benchmarks import launches, servers, simulator_lists, webhooks
from benchmarks.figures import HEAD, Figure, keep, machine

BUILD = servers.ROOT / "build"
_BUSY = 0.1
"""More than this share of the cores in use before it begins is not an idle machine."""


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and launches")
    quick = parser.parse_args().quick
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    servers.stay_away()
    # What others have written goes to the disk now, and not while durable commits are measured.
    os.sync()
    began, start = datetime.now(UTC), time.perf_counter()  # noqa: TID251 -- when it was measured
    before = machine(BUILD)
    about = {"at": began.isoformat(timespec="seconds"), "quick": quick, "machine": before}
    figures = []
    print(HEAD)  # noqa: T201 -- what it is for
    for figure in _measured(quick=quick):
        figures.append(figure)
        print(figure.line(), flush=True)  # noqa: T201
        took = round(time.perf_counter() - start)
        # Each time, so that whoever breaks it off has what was measured until then.
        keep(BUILD / "bench.json", figures, {**about, "took_s": took, "load": os.getloadavg()})
    print(f"kept in build/bench.json; fsync {before['fsync_ms']} ms")  # noqa: T201
    if before["busy"] > _BUSY:
        print("Others were at work here when it began: the figures are off. Run it again.")  # noqa: T201


def _measured(*, quick: bool) -> Iterator[Figure]:
    for measure in (webhooks.measure, launches.whole_bot, launches.calls):
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            yield from measure(Path(folder), quick=quick)
    if not quick:
        yield _lists()


def _lists() -> Figure:
    """The slowest list of a simulator with 1,000 launches: the middle of ten answers."""
    client, token = simulator_lists.filled()
    lists = {path: simulator_lists.measured(client, token, path) for path in simulator_lists.LISTS}
    slowest = max(times["median_ms"] for times in lists.values())
    return Figure("slowest list of the simulator, 5,000 issues", slowest, "ms", 50, details=lists)


if __name__ == "__main__":
    main()
