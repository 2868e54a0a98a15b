"""What launches cost: calls of GitLab's API, time until the first one, plans, start-up, memory."""

import itertools
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import deliveries, servers
from benchmarks.crowd import Crowd
from benchmarks.figures import Figure, percentile
from benchmarks.load import HOST, Load, Target
from benchmarks.webhooks import target_memory
from bot import loader
from bot.cli.demo.world import WorldPlan, seed
from bot.domain.planner import plan
from bot.gitlab.client import Client
from bot.gitlab.find import Found
from bot.simulator import Simulator, serve
from bot.simulator.faults import Fault
from tests.scenarios.play import NAME, ROOT_TOKEN

_LONGEST = 30.0
_STILL = 0.4
"""For so long the bot is left alone between events: sooner, its calls would be paced."""

_NUMBERS = itertools.count(1)


def calls(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """How often GitLab is called, with more and more launches; and how fast plans are made."""
    crowd = Crowd(folder)
    yield from _one_event(crowd)
    yield _plans(crowd, 0.5 if quick else 2.0)
    for launches in (10, 20) if quick else (10, 100, 1000):
        crowd.grow(launches).wait(hours=3)
        if launches != 10:  # noqa: PLR2004 -- so few say nothing about a loss
            yield from _lost(crowd, launches)
        crowd.resync().wait(minutes=10)
        yield _unchanged(crowd, launches)
    crowd.close()


def _one_event(crowd: Crowd) -> Iterator[Figure]:
    """Somebody comments on a phase issue, which changes nothing."""
    crowd.wait(hours=3)
    phase = next(name for name in crowd.process.phases if name in crowd.issues())
    place = crowd.place(phase)
    crowd.sim.calls.clear()
    crowd.owner(phase).comment(place, "I look into this tomorrow.")
    crowd.work()
    reads, writes = crowd.calls()
    yield Figure("reads for an event that concerns one phase issue", reads, "calls", 4)
    by_the_bot = writes - 1  # the comment itself is one
    yield Figure("writes for it, when it changes nothing", by_the_bot, "calls", 0)


def _plans(crowd: Crowd, seconds: float) -> Figure:
    seen = crowd.bot.access().reader.observe(_first(crowd), crowd.clock())
    if seen is None:
        raise RuntimeError("the launch of the benchmark is not there")
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        plan(*seen)
        count += 1
    return Figure("plans per second", count / (time.perf_counter() - start), "/s")


def _first(crowd: Crowd) -> Found:
    return crowd.bot.reconciler.locate(Found("i1"))


def _lost(crowd: Crowd, launches: int) -> Iterator[Figure]:
    """The database is gone: everything is looked at, nothing is written."""
    crowd.lose_database()
    crowd.sim.calls.clear()
    start = time.perf_counter()
    crowd.resync()
    took = time.perf_counter() - start
    reads, writes = crowd.calls()
    name = f"resync after everything was lost, {launches} open launches"
    yield Figure(f"{name}: reads", reads, "calls")
    yield Figure(f"{name}: writes", writes, "calls", 0)
    yield Figure(f"{name}: unpaced", took, "s")


def _unchanged(crowd: Crowd, launches: int) -> Figure:
    crowd.sim.calls.clear()
    crowd.resync()
    goal = len(crowd.world.projects)
    name = f"calls of an unchanged resync, {launches} launches, {goal} projects"
    return Figure(name, sum(crowd.calls()), "calls", goal)


@dataclass
class _Served:
    """A GitLab that notes when it was called, and when it had done what it was called for."""

    sim: Simulator
    began: deque[float] = field(default_factory=deque)
    at: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        for_call, add = self.sim.faults.for_call, self.sim.calls.add

        def heard(method: str, path: str, user: str | None) -> Fault | None:
            self.began.append(time.perf_counter())
            return for_call(method, path, user)

        def noted(method: str, path: str, user: str | None, status: int) -> None:
            self.at.append(time.perf_counter())
            add(method, path, user, status)

        # It measures, it decides nothing.
        self.sim.faults.for_call = heard  # type: ignore[method-assign]
        self.sim.calls.add = noted  # type: ignore[method-assign]


def whole_bot(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """`launchbot serve` with all that it does, beside a simulated GitLab on the other core."""
    process, world_plan = loader.load(None).processes[NAME], _world_plan()
    sim = Simulator(ROOT_TOKEN)
    gitlab = _Served(sim)
    with serve(sim) as served:
        world = seed(world_plan, served.url, Client(served.url, ROOT_TOKEN))
        _configure(folder, world_plan)
        start = time.perf_counter()
        with servers.bot(folder, served.url, world.bot_token) as bot:
            yield Figure("start-up, until it listens", time.perf_counter() - start, "s")
            _rest(gitlab)
            yield Figure("memory, idle", target_memory(bot), "MiB")
            world.watch(f"http://{HOST}:{bot.port}{bot.path}", servers.SECRET)
            world.actors[world_plan.request.by].file(
                world.projects[world_plan.request.project],
                world_plan.request.title,
                world.request_text(process),
                process.labels.request,
            )
            yield from _first_calls(bot, gitlab, 20 if quick else 100)
            Load(bot, deliveries.mostly_irrelevant(), _NUMBERS).rate(16, 1.0 if quick else 5.0)
            yield Figure("memory, after load", target_memory(bot), "MiB")


def _first_calls(bot: Target, gitlab: _Served, count: int) -> Iterator[Figure]:
    """From the moment an event is sent to the first call of GitLab that it causes."""
    took, answered, load = [], [], Load(bot, deliveries.relevant()[:1], _NUMBERS)
    for _ in range(count):
        _rest(gitlab)
        gitlab.began.clear()
        gitlab.at.clear()
        start = time.perf_counter()
        load.burst(1)
        _until(lambda: bool(gitlab.at))
        took.append(1000 * (gitlab.began[0] - start))
        answered.append(1000 * (gitlab.at[0] - start))
    details = {"until_gitlab_had_done_it": percentile(answered, 0.5)}
    yield Figure("event to first API call, p50", percentile(took, 0.5), "ms", 5, details=details)
    yield Figure("event to first API call, p99", percentile(took, 0.99), "ms", 15)


def _rest(gitlab: _Served) -> None:
    """Wait until the bot has nothing left to do."""
    _until(lambda: bool(gitlab.at) and time.perf_counter() - gitlab.at[-1] > _STILL)


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONGEST
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError("The bot did not do within half a minute what it was to do.")
        time.sleep(0.0005)


def _world_plan() -> WorldPlan:
    return WorldPlan.load(loader.shipped_folder() / NAME)


def _configure(folder: Path, world_plan: WorldPlan) -> None:
    """What `launchbot.yml` says; JSON is YAML, too."""
    configuration = world_plan.configuration()
    kept = {"projects": dict(configuration.projects), "processes": [NAME]}
    roles = {role: list(people) for role, people in configuration.roles.items()}
    (folder / "launchbot.yml").write_text(json.dumps({**kept, "roles": roles}))
