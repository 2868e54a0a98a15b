"""A scenario's stage: simulator, seeded world and the bot as `serve` joins it, in one process.

Hooks travel over HTTP into the real receiver, calls over HTTP into the simulator; there are no
sockets and no threads, so that a scenario is the same every time.
"""

import copy
import json
import pickle
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import fastapi.dependencies.models
import httpx2
from sqlalchemy import event

from bot import loader
from bot.bootstrap import Bot, Installation, assemble, web_app
from bot.cli.demo.world import Actor, World, WorldPlan, seed
from bot.domain import record as records
from bot.domain.configuration import Configuration
from bot.domain.fitting import fit
from bot.domain.process import ROOT, Process
from bot.domain.record import Record
from bot.gitlab import bodies
from bot.gitlab.client import Client
from bot.settings import Settings
from bot.simulator import Delivery, Simulator, create_app
from tests.transport import AsgiTransport, session

NAME = "first-time-image"
ROOT_TOKEN = "root-token-0123456789"
SECRET = "hook-secret"
HIDDEN = re.compile(r"\s*<!-- launchbot:.*?-->", re.DOTALL)


@cache
def documented() -> Process:
    """The first-time-image process as it is shipped, for a provider that brings no own tasks."""
    return fit(loader.load(None).processes[NAME], {"provider": "example"})


@cache
def shipped() -> Process:
    """The same without its documentation, which has scenarios of its own."""
    return documented().model_copy(update={"documentation": None})


@cache
def invented() -> WorldPlan:
    """The world of the demo."""
    return WorldPlan.load(loader.shipped_folder() / NAME)


def changed(**phases: Mapping[str, Any]) -> Process:
    """The shipped process with keys of its phases changed."""
    process = shipped()
    values = {
        name: phase.model_copy(update=phases.get(name, {}))
        for name, phase in process.phases.items()
    }
    return process.model_copy(update={"phases": values})


@dataclass(frozen=True, slots=True)
class Saved:
    """A play as it was at a moment: GitLab, its time, who has which token, and the database."""

    state: bytes
    now: datetime
    tokens: Mapping[str, str]
    people: Mapping[str, int]
    projects: Mapping[str, int]
    bot_token: str
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Said:
    """A comment of somebody, and how the bot answers it."""

    play: "Play"
    place: tuple[int, int]
    note: int

    @property
    def path(self) -> str:
        """Where GitLab has the comment."""
        return f"/projects/{self.place[0]}/issues/{self.place[1]}/notes/{self.note}"

    def reactions(self) -> list[str]:
        """The emoji of the bot on it."""
        awarded = self.play.admin.list(f"{self.path}/award_emoji")
        return [a["name"] for a in awarded if a["user"]["id"] == self.play.bot_id()]

    def replies(self) -> list[str]:
        """What the bot said in its thread."""
        issue = self.path.partition("/notes/")[0]
        for thread in self.play.admin.list(f"{issue}/discussions"):
            first, *others = thread["notes"]
            if first["id"] == self.note:
                return [HIDDEN.sub("", note["body"]) for note in others]
        return []

    def answer(self) -> tuple[list[str], str]:
        """The reactions, and the one reply if there is any."""
        replies = self.replies()
        assert len(replies) <= 1
        return self.reactions(), "".join(replies)

    def edit(self, text: str, who: str = "alice") -> "Said":
        """Its author changes it, and the bot works."""
        self.play.people[who].client.put(self.path, {"body": text})
        self.play.work()
        return self


class Play:
    """A launch being played; people act through `people`, the bot through `work`."""

    def __init__(
        self,
        folder: Path,
        process: Process | None = None,
        tier: str = "premium",
        plan: WorldPlan | None = None,
        *,
        began: Saved | None = None,
    ) -> None:
        self.process = process or shipped()
        self.plan = plan or invented()
        self.sim = Simulator(ROOT_TOKEN, tier=tier, now=began.now if began else self.plan.starts)
        self._gitlab = httpx2.Client(transport=AsgiTransport(create_app(self.sim)))
        self.admin = self._client(ROOT_TOKEN)
        self._folder = folder
        self.world: World = self._restored(began) if began else self._seeded()
        self.people = self.world.actors
        self.may_give_up = False
        self._receiver: httpx2.Client | None = None
        self.former_bots: tuple[int, ...] = ()
        self._others: list[Play] = []
        self.start()

    def _seeded(self) -> World:
        world = seed(self.plan, self.sim.url, self.admin, self._client)
        world.watch("http://bot.test/webhooks/gitlab", SECRET)
        return world

    def _restored(self, saved: Saved) -> World:
        self.sim.state = pickle.loads(saved.state)  # noqa: S301 -- our own, of this run
        for name, content in saved.files.items():
            (self._folder / name).write_bytes(content)
        actors = {name: Actor(name, self._client(token)) for name, token in saved.tokens.items()}
        places = (saved.people, saved.projects, saved.bot_token)
        return World(self.plan, self.sim.url, self.admin, actors, *places)

    def save(self) -> Saved:
        """What another play can begin with; hooks that are on their way are lost.

        Also in the middle of a transaction: what is not committed is not in it, as after a death.
        """
        files = {
            file.name: file.read_bytes()
            for file in self._folder.glob("launchbot.db*")
            if not file.name.endswith("-shm")
        }
        world = self.world
        return Saved(
            state=pickle.dumps(self.sim.state),
            now=self.sim.clock.now(),
            tokens={name: actor.client._token for name, actor in world.actors.items()},
            people=world.people,
            projects=world.projects,
            bot_token=world.bot_token,
            files=files,
        )

    def start(self, **environment: str) -> None:
        """Start the bot, or start it anew with the same database."""
        settings = Settings.load(
            {
                "LAUNCHBOT_GITLAB_URL": self.sim.url,
                "LAUNCHBOT_GITLAB_TOKEN": self.world.bot_token,
                "LAUNCHBOT_SECRET_KEYS": "k" * 32,
                "LAUNCHBOT_WEBHOOK_SECRET": SECRET,
                "LAUNCHBOT_DATABASE_URL": f"sqlite:///{self._folder / 'launchbot.db'}",
                **environment,
            }
        )
        installation = Installation(self.configuration(), {self.process.name: self.process})
        self.bot: Bot = assemble(
            settings,
            installation,
            clock=self.clock,
            sessions=lambda: session(self.line()),
        )
        spare_the_disk(self.bot)
        self.hang_up()
        self._receiver = httpx2.Client(transport=AsgiTransport(web_app(self.bot)))

    def configuration(self) -> Configuration:
        """What `launchbot.yml` says."""
        return self.plan.configuration().model_copy(update={"bot_users": self.former_bots})

    def clock(self) -> datetime:
        """The bot's clock."""
        return self.sim.clock.now()

    def line(self) -> httpx2.Client:
        """The bot's connection to GitLab."""
        return self._gitlab

    def close(self) -> None:
        """Close what is open."""
        for bot in (self, *self._others):
            bot.hang_up()
            bot.bot.store.close()
        self._gitlab.close()
        # FastAPI keeps the functions of the last thousand apps, and all that those hold.
        for each in vars(fastapi.dependencies.models).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()

    def _client(self, token: str) -> Client:
        return Client(self.sim.url, token, session=session(self._gitlab))

    def hang_up(self) -> None:
        """Close the receiver, if there is one."""
        if self._receiver is not None:
            self._receiver.close()

    def send(self, delivery: Delivery) -> int:
        """Deliver a webhook; the status of the answer."""
        assert self._receiver is not None
        answer = self._receiver.post(delivery.url, content=delivery.body, headers=delivery.headers)
        return answer.status_code

    def work(self) -> "Play":
        """Deliver all hooks and let the bot work, until nothing is left to do."""
        while self.sim.outbox.flush(self.send) + self.bot.engine.drain(self.bot.reconciler):
            pass
        assert self.may_give_up or not self.bot.store.dead()
        return self

    def resync(self) -> "Play":
        """Let the bot look through everything."""
        self.bot.engine.enqueue("resync")
        return self.work()

    def wait(self, days: int = 0, **time: int) -> "Play":
        """Let time pass for GitLab and the bot, and let the bot work."""
        self.sim.clock.advance(timedelta(days=days, **time))
        return self.work()

    def request(
        self, text: str | None = None, title: str = "An image", **fields: Any
    ) -> tuple[int, int]:
        """Alice files a request, complete unless `text` says otherwise; the bot works on it."""
        wanted = self.world.request_text(self.process) if text is None else text
        label = self.process.labels.request
        body = {"title": title, "description": wanted, "labels": label, **fields}
        project = self.world.projects[self.plan.request.project]
        raw = self.people["alice"].client.post(f"/projects/{project}/issues", body)
        self.work()
        return project, int(raw["iid"])

    def owner(self, part: str) -> Actor:
        """Who holds the role of a part."""
        role = self.process.root.role if part == ROOT else self.process.phases[part].role
        return self.world.holder(role)

    def issues(self) -> dict[str, list[dict[str, Any]]]:
        """Every issue that the bot opened, by part."""
        finder, found = self.bot.access().finder, dict[str, list[dict[str, Any]]]()
        for project in self.world.projects.values():
            for raw in self.admin.list(f"/projects/{project}/issues", sort="asc"):
                if marker := finder.marker(raw):
                    found.setdefault(marker.part, []).append(raw)
        return found

    def issue(self, part: str) -> dict[str, Any]:
        """The one issue of a part, where it stands now."""
        found = [raw for raw in self.issues()[part] if not raw["moved_to_id"]]
        assert len(found) == 1
        return found[0]

    def place(self, part: str) -> tuple[int, int]:
        """Where the issue of a part stands."""
        raw = self.issue(part)
        return raw["project_id"], raw["iid"]

    def tick(self, *tasks: str, box: str = "x") -> "Play":
        """The owners of the phases tick tasks; the bot works."""
        for task in tasks:
            phase = self.process.tasks()[task].phase
            self.owner(phase).tick(self.place(phase), task, box=box)
        return self.work()

    def required(self, phase: str) -> list[str]:
        """The ids of a phase's required tasks."""
        return [task.id for task in self.process.phases[phase].walk() if not task.optional]

    def finish(self, *phases: str) -> "Play":
        """The owners tick all required tasks of phases and close them."""
        for phase in phases:
            self.tick(*self.required(phase))
            self.close_issue(phase)
        return self

    def close_issue(self, part: str) -> "Play":
        """The owner of a part closes its issue."""
        self.owner(part).close(self.place(part))
        return self.work()

    def reopen_issue(self, part: str) -> "Play":
        """The owner of a part reopens its issue."""
        self.owner(part).reopen(self.place(part))
        return self.work()

    def change(self, part: str, **fields: Any) -> "Play":
        """The owner of a part changes fields of its issue."""
        self.owner(part).change(self.place(part), **fields)
        return self.work()

    def comment(self, place: tuple[int, int], text: str, who: str, **more: Any) -> "Said":
        """Somebody comments on an issue, and the bot works."""
        self.sim.clock.advance(timedelta(seconds=1))
        path = f"/projects/{place[0]}/issues/{place[1]}/notes"
        note = self.people[who].client.post(path, {"body": text, **more})
        self.work()
        return Said(self, place, int(note["id"]))

    def delete(self, path: str) -> "Play":
        """The administrator deletes something."""
        address = f"{self.sim.url}/api/v4{path}"
        answer = self._gitlab.delete(address, headers={"PRIVATE-TOKEN": ROOT_TOKEN})
        assert answer.is_success
        return self

    def open(self, project: int, visibility: str) -> "Play":
        """Let others see a project, and its group, which may not be seen by fewer."""
        group = self.admin.get(f"/projects/{project}")["namespace"]["id"]
        for path in (f"/groups/{group}", f"/projects/{project}"):
            self.admin.put(path, {"visibility": visibility})
        return self

    def join(self, name: str, client: Client) -> "Play":
        """Somebody more takes part."""
        self.people = {**self.people, name: Actor(name, client)}
        return self

    def say(self, part: str, text: str, who: str = "alice", **more: Any) -> "Said":
        """Somebody comments on the issue of a part, and the bot works."""
        return self.comment(self.place(part), text, who, **more)

    def record(self) -> Record:
        """The record of the launch."""
        status = self.status()
        _, kept = records.split(status["body"], self.bot.keyring, self.issue(ROOT)["id"])
        assert kept is not None
        return kept

    def gates(self) -> dict[str, str]:
        """The gate that the labels of each phase issue show."""
        gates = self.process.labels.gate
        names = {gates.locked: "locked", gates.open: "open", gates.done: "done"}
        return {
            phase: "+".join(names[label] for label in raw["labels"] if label in names)
            for phase, found in self.issues().items()
            for raw in found
            if phase in self.process.phases and not raw["moved_to_id"]
        }

    def notes(self, place: tuple[int, int]) -> list[dict[str, Any]]:
        """The comments of the bot on an issue, oldest first."""
        path = f"/projects/{place[0]}/issues/{place[1]}/notes"
        notes = self.admin.list(path, sort="asc", order_by="created_at")
        bot = self.bot.access().directory.bot_users()
        return [n for n in notes if n["author"]["id"] in bot and not n["system"]]

    def said(self, place: tuple[int, int]) -> list[str]:
        """What the bot said on an issue, without the status and the definition, oldest first."""
        texts = [note["body"] for note in self.notes(place)]
        kept = (f"part={bodies.STATUS}", f"part={bodies.DEFINITION}")
        return [HIDDEN.sub("", text) for text in texts if not any(part in text for part in kept)]

    def status(self) -> dict[str, Any]:
        """The one status note."""
        found = [note for note in self.notes(self.place(ROOT)) if "part=status" in note["body"]]
        assert len(found) == 1
        return found[0]

    def overview(self) -> str:
        """What people see of the status note."""
        return HIDDEN.sub("", self.status()["body"])

    def live_overview(self) -> str:
        """What people see of the newest status note, where there are several."""
        bodies_ = [n["body"] for n in self.notes(self.place(ROOT)) if "part=status" in n["body"]]
        return HIDDEN.sub("", bodies_[-1])

    def reconcile(self) -> "Play":
        """Let the bot look at the first launch."""
        self.bot.engine.enqueue("launch:i1")
        return self.work()

    def resume(self) -> "Play":
        """The operator ends the pause of the first launch."""
        self.bot.engine.enqueue("resume:i1")
        return self.work()

    def lose_database(self) -> "Play":
        """The database is deleted, and the bot starts anew."""
        self.bot.store.close()
        for file in self._folder.glob("launchbot.db*"):
            file.unlink()
        self.start()
        return self

    def bot_id(self) -> int:
        """The id of the bot's user."""
        return self.bot.access().directory.bot_users()[0]

    def new_bot_user(self, name: str) -> str:
        """Another user for a bot, a member of every project; its token."""
        body = {"username": name, "name": name, "email": f"{name}@example.com"}
        user = self.admin.post("/users", {**body, "password": "invented-0815-x"})["id"]
        for project in self.world.projects.values():
            member = {"user_id": user, "access_level": 20}
            self.admin.post(f"/projects/{project}/members", member)
        path = f"/users/{user}/personal_access_tokens"
        return str(self.admin.post(path, {"name": "bot", "scopes": ["api"]})["token"])

    def replace_bot_user(self) -> "Play":
        """The bot gets a new token, which is a new user; the configuration names the old one."""
        self.former_bots = (*self.former_bots, self.bot_id())
        self.world = replace(
            self.world, bot_token=self.new_bot_user(f"launchbot{len(self.former_bots) + 1}")
        )
        self.bot.store.close()
        self.start()
        return self

    def second_bot(self) -> "Play":
        """Another Launchbot, with a user, keys and a database of its own, on the same projects."""
        other = copy.copy(self)
        other._folder = self._folder / "second"
        other._folder.mkdir()
        other.world = replace(self.world, bot_token=self.new_bot_user("otherbot"))
        other.start(LAUNCHBOT_SECRET_KEYS="z" * 32)
        self._others.append(other)
        return other.resync()

    def issues_by_author(self) -> dict[tuple[str, str], int]:
        """How many issues there are, by author and title."""
        found = Counter[tuple[str, str]]()
        for project in self.world.projects.values():
            for raw in self.admin.list(f"/projects/{project}/issues"):
                found[raw["author"]["username"], raw["title"]] += 1
        return dict(found)

    def writes(self) -> int:
        """How many writes GitLab has seen."""
        return self.sim.calls.writes

    def world_as_seen(self) -> str:
        """Everything that people see, as one text to compare."""
        kept = ("title", "description", "state", "labels", "due_date", "confidential", "web_url")
        shown: Sequence[Any] = [
            {
                **{key: raw[key] for key in kept},
                "assignees": [user["username"] for user in raw["assignees"]],
                "said": self.said((raw["project_id"], raw["iid"])),
            }
            for found in self.issues().values()
            for raw in found
        ]
        return json.dumps([shown, self.overview()], indent=1)


def spare_the_disk(bot: Bot) -> None:
    """Do not wait for the disk at each commit: no power is cut here, only processes die."""
    event.listen(
        bot.store._engine, "connect", lambda link, _: link.execute("PRAGMA synchronous=OFF")
    )
    bot.store._synchronous = "OFF"
    bot.store.close()
