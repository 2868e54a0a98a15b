"""Starts the servers that are measured, each in a process of its own on one core.

The load runs on another core, so that the two do not take turns.
"""

import functools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.deliveries import KEY
from benchmarks.load import HOST, Target

ROOT = Path(__file__).parents[1]
GIDGETLAB = ROOT / "build" / "bench" / "site"
SECRET = "an invented secret"  # noqa: S105 -- of servers that live for a minute

_PATIENCE = 30.0


@functools.cache
def cores() -> tuple[int, int]:
    """The core for the server and the one for the load; the same where there is but one.

    Looked up once: who stays away from one of them sees only the other.
    """
    found = sorted(os.sched_getaffinity(0))
    return found[0], found[-1]


def stay_away() -> None:
    """Leave the server its core."""
    os.sched_setaffinity(0, {cores()[1]})


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def gidgetlab() -> Iterator[Target]:
    """gidgetlab, listening."""
    port = free_port()
    command = ["benchmarks/gidgetlab_server.py", str(port), SECRET]
    with _running(command, {"PYTHONPATH": str(GIDGETLAB)}, port) as pid:
        yield Target(pid, port, "/", SECRET)


@contextmanager
def receiver(folder: Path) -> Iterator[Target]:
    """Our receiver with its queue and no workers, listening; its database stands in the folder."""
    port = free_port()
    command = ["-m", "benchmarks.receiver_server"]
    with _running(command, environment(folder, port, "http://gitlab.invalid", "none"), port) as pid:
        yield Target(pid, port, "/webhooks/gitlab", SECRET)


@contextmanager
def bot(folder: Path, gitlab: str, token: str) -> Iterator[Target]:
    """`launchbot serve` with all that it does, listening."""
    port = free_port()
    more = environment(folder, port, gitlab, token)
    with _running(["-m", "bot", "serve"], more, port) as pid:
        yield Target(pid, port, "/webhooks/gitlab", SECRET)


def cpu_seconds(pid: int) -> float:
    """How long all threads of a process have been at work so far."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def environment(folder: Path, port: int, gitlab: str, token: str) -> dict[str, str]:
    """The settings of `launchbot serve`."""
    return {
        "LAUNCHBOT_CONFIG": str(folder / "launchbot.yml"),
        "LAUNCHBOT_GITLAB_URL": gitlab,
        "LAUNCHBOT_GITLAB_TOKEN": token,
        "LAUNCHBOT_SECRET_KEYS": KEY,
        "LAUNCHBOT_WEBHOOK_SECRET": SECRET,
        "LAUNCHBOT_DATABASE_URL": f"sqlite:///{folder / 'launchbot.db'}",
        "LAUNCHBOT_PORT": str(port),
        "LAUNCHBOT_LOG_LEVEL": "error",
    }


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str], port: int) -> Iterator[int]:
    path = {"PATH": os.defpath}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env={**path, **environment})  # noqa: S603 -- our own
    os.sched_setaffinity(process.pid, {cores()[0]})
    try:
        _wait_for(process, port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.002)
        else:
            return
    raise RuntimeError(f"The server did not start: {process.args!r}")
