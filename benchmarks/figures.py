"""What was measured: figures with their goals, the machine, and how both are shown and kept."""

import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

HEAD = f"{'figure':<66} {'value':>9} {'':<6} {'goal':<12} verdict"
_LARGE = 1000
_LOOK = 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its value, and its goal if it has one, which it has to reach or to stay below."""

    name: str
    value: float
    unit: str = ""
    goal: float | None = None
    better: Literal["more", "less"] = "less"
    details: Any = None

    @property
    def verdict(self) -> str:
        """Whether the goal is met."""
        if self.goal is None:
            return "reported"
        met = self.value >= self.goal if self.better == "more" else self.value <= self.goal
        return "met" if met else "NOT met"

    def line(self) -> str:
        """For people, below `HEAD`."""
        bound = "at least" if self.better == "more" else "at most"
        goal = "" if self.goal is None else f"{bound} {self.goal:g}"
        value = f"{self.value:,.0f}" if self.value >= _LARGE else f"{self.value:.4g}"
        return f"{self.name:<66} {value:>9} {self.unit:<6} {goal:<12} {self.verdict}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all values lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def machine(folder: Path) -> dict[str, Any]:
    """Where it was measured, and how busy that was; commits wait for the disk of the folder."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": platform.platform(),
        "python": platform.python_version(),
        "busy": _busy(),
        "fsync_ms": _fsync(folder),
    }


def keep(path: Path, figures: Sequence[Figure], about: Any) -> None:
    """Write it all down as JSON."""
    shown = [{**asdict(figure), "verdict": figure.verdict} for figure in figures]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**about, "figures": shown}, indent=2) + "\n")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((ln.partition(": ")[2] for ln in lines if ln.startswith("model name")), "unknown")


def _busy() -> float:
    """Which share of all cores others use just now, those that a host takes away with them."""
    total, idle = _ticks()
    time.sleep(_LOOK)
    total_then, idle_then = _ticks()
    return round(1 - (idle_then - idle) / (total_then - total), 2)


def _ticks() -> tuple[int, int]:
    """How long all cores have run so far, and how long idle or waiting for a disk."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(ticks), ticks[3] + ticks[4]


def _fsync(folder: Path) -> dict[str, float]:
    """How long the disk takes to keep a page: what no durable commit can be faster than."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(100):
            file.write(b"x" * 4096)
            file.flush()
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - start) * 1000)
    return {"p50": round(statistics.median(took), 2), "p99": round(percentile(took, 0.99), 2)}
