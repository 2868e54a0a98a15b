"""A launch's surroundings in one process: a simulated GitLab, its people, and the bot's hands.

People act through the API with tokens of their own; the bot uses the real adapter.
"""

import pickle
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

import httpx2

from bot.cli.demo.world import Actor, WorldPlan, seed
from bot.cli.demo.world import World as Seeded
from bot.domain.actions import Plan
from bot.domain.configuration import Configuration
from bot.domain.markers import Keyring
from bot.domain.observed import Observed, Refusal
from bot.domain.planner import plan
from bot.domain.process import ROOT, Process
from bot.gitlab.access import Access, connect
from bot.gitlab.client import Client
from bot.gitlab.directory import Known
from bot.gitlab.find import Found
from bot.gitlab.standing import Outcome
from bot.simulator import Simulator, create_app
from tests.domain.world import REQUEST_TEXT, process
from tests.transport import AsgiTransport, session

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEYS = Keyring((b"k" * 40,))
REQUEST_LABEL = "ask"
Place = tuple[int, int]

_PLAN: Mapping[str, Any] = {
    "starts": START,
    "group": {"name": "Team", "path": "team"},
    "people": {"alice": "Alice", "bob": "Bob", "carol": "Carol"},
    "projects": {
        "office": {"path": "office", "members": {"alice": 40, "bob": 20, "carol": 20}},
        "factory": {"path": "factory", "members": {"alice": 20, "bob": 40, "carol": 20}},
        "press": {"path": "press", "members": {"alice": 20, "bob": 20, "carol": 40}},
    },
    "roles": {"sales": ["alice"], "makers": ["bob"], "writers": ["carol"]},
    "request": {"project": "office", "by": "alice", "title": "Acme Cloud", "inputs": {}},
}


class Shelf:
    """Definitions and copies of records at hand, in memory; all of it may be lost."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.records: dict[str, str] = {}

    def definition(self, sha: str) -> str | None:
        """The definition with this digest."""
        return self.kept.get(sha)

    def keep_definition(self, sha: str, text: str) -> None:
        """Keep a definition."""
        self.kept[sha] = text

    def record(self, launch: str) -> str | None:
        """The copy of a launch's record."""
        return self.records.get(launch)


@dataclass
class Network:
    """One simulated GitLab, and real clients that reach it without sockets.

    `before` holds what happens once, just before a call that a pattern fits.
    """

    sim: Simulator
    asked: list[str] = field(default_factory=list)
    before: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    opened: list[httpx2.Client] = field(default_factory=list)

    def client(self, token: str) -> Client:
        """The real client, for whoever has this token; each may be used in another thread."""
        http = httpx2.Client(
            transport=AsgiTransport(create_app(self.sim)), event_hooks={"request": [self._note]}
        )
        self.opened.append(http)
        return Client(self.sim.url, token, session=session(http))

    def close(self) -> None:
        """Close what was opened."""
        for http in self.opened:
            http.close()

    def _note(self, request: httpx2.Request) -> None:
        call = f"{request.method} {request.url}"
        self.asked.append(call)
        for entry in [entry for entry in self.before if re.search(entry[0], call)][:1]:
            self.before.remove(entry)
            entry[1]()


@dataclass
class World:
    """The small process, its people Alice, Bob and Carol, and what the bot sees and does."""

    network: "Network"
    seeded: Seeded
    processes: dict[str, Process]
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def sim(self) -> Simulator:
        """The simulated GitLab."""
        return self.network.sim

    def access(self, *, token: str = "", keyring: Keyring = KEYS, **configuration: Any) -> Access:
        """The bot's hands, new each time: it remembers nothing but the shelf."""
        asked = {**self.seeded.plan.configuration().model_dump(), **configuration}
        return connect(
            self.network.client(token or self.seeded.bot_token),
            configuration=Configuration.model_validate(asked),
            processes=self.processes,
            keyring=keyring,
            shelf=self.shelf,
            known=Known(),
        )

    @property
    def now(self) -> datetime:
        """The time in this world."""
        return self.sim.clock.now()

    def wait(self, **span: float) -> None:
        """Time passes."""
        self.sim.clock.advance(timedelta(**span))

    def project(self, name: str) -> int:
        """The id of a project."""
        return self.seeded.projects[name]

    def actor(self, name: str) -> Actor:
        """Somebody of the cast; `root` is the administrator."""
        if name == "root":
            return Actor("root", self.seeded.admin)
        return self.seeded.actors[name]

    def user(self, name: str) -> int:
        """The id of a user."""
        return int(self.seeded.admin.list("/users", username=name)[0]["id"])

    def request(self, text: str = REQUEST_TEXT, by: str = "alice") -> Place:
        """Somebody asks for a launch."""
        office = self.project("office")
        return self.actor(by).file(office, "Acme Cloud", text, REQUEST_LABEL)

    def found(self, place: Place, access: Access | None = None) -> Found:
        """The launch that an issue belongs to, with its root where there is one."""
        finder = (access or self.access()).finder
        found = finder.resolve(*place)
        assert found is not None
        return Found(found.launch, finder.root_of(found.launch), found.request)

    def observe(
        self, place: Place, access: Access | None = None, refusals: tuple[Refusal, ...] = ()
    ) -> Observed:
        """What the bot sees of a launch, found from nothing but an issue of it."""
        access = access or self.access()
        seen = access.reader.observe(self.found(place, access), self.now, refusals)
        assert seen is not None
        return seen[1]

    def plan(self, observed: Observed) -> Plan:
        """What the bot would do about it."""
        return plan(self.processes["small"], observed)

    def apply(
        self, observed: Observed, actions: Plan | None = None, access: Access | None = None
    ) -> Outcome:
        """Do what the bot would do about it, or something else."""
        return (access or self.access()).writer.apply(observed, actions or self.plan(observed))

    def settle(self, place: Place) -> Observed:
        """Let the bot work from scratch until it has nothing to do."""
        refusals: tuple[Refusal, ...] = ()
        for _ in range(5):
            observed = self.observe(place, refusals=refusals)
            wanted = self.plan(observed)
            if not wanted.actions:
                return observed
            refusals = tuple(self.apply(observed, wanted).refusals)
        raise AssertionError("the launch does not come to rest")

    def launch(self) -> Observed:
        """A launch that has just started, at rest; played once, and then taken from there."""
        if not self._is_new():
            return self.settle(self.request())
        self.sim.state, self.shelf, seen = pickle.loads(_saved().launched)  # noqa: S301 -- our own
        return cast("Observed", seen)

    def _is_new(self) -> bool:
        """Whether all is as `new_world` leaves it."""
        shelf, before = self.shelf, self.network.before
        untouched = not (shelf.kept or shelf.records or before or self.sim.faults.rules)
        usual = self.now == START and self.processes == {"small": process()}
        return untouched and usual and pickle.dumps(self.sim.state) == _saved().state

    def attic(self) -> int:
        """A project of the same group that the configuration does not name."""
        group = self.seeded.admin.list("/groups", search="team")[0]["id"]
        body = {"name": "Attic", "path": "attic", "namespace_id": group}
        return int(self.seeded.admin.post("/projects", body)["id"])

    def move(self, place: Place, project: int) -> Place:
        """An administrator moves an issue to another project; where it stands now."""
        path = f"/projects/{place[0]}/issues/{place[1]}/move"
        moved = self.seeded.admin.post(path, {"to_project_id": project})
        return moved["project_id"], moved["iid"]

    def place(self, observed: Observed, part: str = ROOT) -> Place:
        """Where the issue of a part stands."""
        issue = observed.issue(part)
        assert issue is not None
        return issue.project, issue.iid

    def everything(self) -> dict[str, Any]:
        """All issues, comments and links, as the administrator sees them."""
        everything: dict[str, Any] = {}
        admin = self.actor("root")
        for name, project in self.seeded.projects.items():
            for raw in admin.client.list(f"/projects/{project}/issues", state="all"):
                place = (project, raw["iid"])
                links = admin.client.list(f"/projects/{project}/issues/{raw['iid']}/links")
                everything[f"{name}#{raw['iid']}"] = {
                    "title": raw["title"],
                    "state": raw["state"],
                    "labels": sorted(raw["labels"]),
                    "assignees": [user["username"] for user in raw["assignees"]],
                    "due": raw["due_date"],
                    "notes": sorted(visible(note["body"]) for note in admin.notes(place)),
                    "links": sorted(link["references"]["full"] for link in links),
                }
        return everything

    def forget_calls(self) -> None:
        """Count and list calls from now on."""
        self.sim.calls.clear()
        self.network.asked.clear()

    def asked(self, *words: str) -> list[str]:
        """The calls so far whose method and address contain all these words."""
        return [call for call in self.network.asked if all(word in call for word in words)]


def hide(world: World, project: str) -> None:
    """Somebody takes the bot out of a project."""
    del world.sim.state.projects[world.project(project)].members[world.user("launchbot")]


def show(world: World, project: str) -> None:
    """Somebody takes the bot into a project again, as a Reporter."""
    body = {"user_id": world.user("launchbot"), "access_level": 20}
    world.seeded.admin.post(f"/projects/{world.project(project)}/members", body)


def visible(text: str) -> str:
    """What people see of a text of the bot."""
    return text.partition("\n\n<!-- launchbot:")[0]


def new_world(**changes: Any) -> World:
    """The world on a Monday in March, with nothing in it but people and projects."""
    network = Network(Simulator(now=START))
    seeded = _seeded(network, **changes) if changes else _restored(network)
    world = World(network, seeded, {"small": process()})
    world.forget_calls()
    return world


def _seeded(network: Network, **changes: Any) -> Seeded:
    made = WorldPlan.model_validate({**_PLAN, **changes})
    admin = network.client("root-token-0123456789")
    return seed(made, network.sim.url, admin, network.client)


@dataclass(frozen=True, slots=True)
class _Saved:
    """The usual new world, and what becomes of it when a launch starts in it."""

    seeded: Seeded
    tokens: Mapping[str, str]
    state: bytes
    launched: bytes
    """What GitLab and the shelf hold, and what the bot sees."""


@cache
def _saved() -> _Saved:
    """Played once, because nearly every test begins so."""
    network = Network(Simulator(now=START))
    seeded = _seeded(network)
    state = pickle.dumps(pickle.loads(pickle.dumps(network.sim.state)))  # noqa: S301 -- our own
    world = World(network, seeded, {"small": process()})
    seen = world.settle(world.request())
    network.close()
    tokens = {name: actor.client._token for name, actor in seeded.actors.items()}
    return _Saved(seeded, tokens, state, pickle.dumps((network.sim.state, world.shelf, seen)))


def _restored(network: Network) -> Seeded:
    """The usual world as it was saved, with connections of its own."""
    saved = _saved()
    network.sim.state = pickle.loads(saved.state)  # noqa: S301 -- our own, of this run
    admin = network.client("root-token-0123456789")
    actors = {name: Actor(name, network.client(token)) for name, token in saved.tokens.items()}
    return replace(saved.seeded, admin=admin, actors=actors)
