"""The demo's world: people, projects and memberships, created through GitLab's API.

What stands in it is data, in the `demo.yml` of a process; nothing here knows a process.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from bot.domain.configuration import Configuration
from bot.domain.process import Definition
from bot.gitlab.client import Client

BOT = "launchbot"
_REPORTER = 20
_PASSWORD = "invented-for-the-demo-0815"  # noqa: S105 -- of users that exist in memory only


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(_Part):
    """A group by name and path."""

    name: str
    path: str


class ProjectPlan(_Part):
    """A project by path, and its members with their access levels."""

    path: str
    members: Mapping[str, int]


class RequestPlan(_Part):
    """What is asked for, where, and by whom."""

    project: str
    by: str
    title: str
    inputs: Mapping[str, str]


class WorldPlan(_Part):
    """The `demo.yml` of a process."""

    starts: datetime
    group: Named
    people: Mapping[str, str]
    projects: Mapping[str, ProjectPlan]
    roles: Mapping[str, tuple[str, ...]]
    request: RequestPlan

    @classmethod
    def load(cls, folder: Path) -> "WorldPlan":
        """The plan that stands in the folder of a process."""
        return cls.model_validate(YAML(typ="safe", pure=True).load(folder / "demo.yml"))

    def configuration(self) -> Configuration:
        """What `launchbot.yml` would say in this world."""
        paths = {name: f"{self.group.path}/{plan.path}" for name, plan in self.projects.items()}
        return Configuration(projects=paths, roles=self.roles)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person of the world, who acts through GitLab's API with a token of their own."""

    username: str
    client: Client

    def issue(self, place: tuple[int, int]) -> dict[str, Any]:
        """An issue as this person sees it."""
        return self.client.get(_issue(place))

    def notes(self, place: tuple[int, int]) -> list[dict[str, Any]]:
        """The comments of people and bots on an issue, oldest first."""
        notes = self.client.list(f"{_issue(place)}/notes", sort="asc", order_by="created_at")
        return [note for note in notes if not note["system"]]

    def file(self, project: int, title: str, text: str, label: str) -> tuple[int, int]:
        """Open an issue with a label."""
        body = {"title": title, "description": text, "labels": label}
        return project, int(self.client.post(f"/projects/{project}/issues", body)["iid"])

    def change(self, place: tuple[int, int], **fields: Any) -> None:
        """Change fields of an issue."""
        self.client.put(_issue(place), fields)

    def close(self, place: tuple[int, int]) -> None:
        """Close an issue."""
        self.change(place, state_event="close")

    def reopen(self, place: tuple[int, int]) -> None:
        """Reopen an issue."""
        self.change(place, state_event="reopen")

    def comment(self, place: tuple[int, int], text: str) -> int:
        """Comment on an issue; the id of the comment."""
        return int(self.client.post(f"{_issue(place)}/notes", {"body": text})["id"])

    def tick(self, place: tuple[int, int], *tasks: str, box: str = "x") -> None:
        """Tick tasks in the description of an issue, by their ids."""
        text = self.issue(place)["description"]
        for task in tasks:
            text = re.sub(rf"\[[ x~]\] `{re.escape(task)}`", f"[{box}] `{task}`", text)
        self.change(place, description=text)


@dataclass(frozen=True, slots=True)
class World:
    """A seeded GitLab: who is there, where things are, and the token of the bot."""

    plan: WorldPlan
    url: str
    admin: Client
    actors: Mapping[str, Actor]
    people: Mapping[str, int]
    projects: Mapping[str, int]
    bot_token: str

    def request_text(self, definition: Definition) -> str:
        """The description of the request, complete."""
        inputs = self.plan.request.inputs.items()
        return "\n\n".join(f"### {definition.inputs[k].title}\n\n{v}" for k, v in inputs)

    def watch(self, hook_url: str, secret: str) -> None:
        """Let every project tell the bot what happens."""
        events = ("issues", "confidential_issues", "note", "confidential_note", "merge_requests")
        for project in self.projects.values():
            switches = {f"{event}_events": True for event in events}
            body = {"url": hook_url, "token": secret, "push_events": False, **switches}
            self.admin.post(f"/projects/{project}/hooks", body)

    def holder(self, role: str) -> Actor:
        """Who holds a role."""
        return self.actors[self.plan.roles[role][0]]


def seed(plan: WorldPlan, url: str, admin: Client, client_for: Any = None) -> World:
    """Create the world in an empty GitLab, as its administrator."""
    connect = client_for or (lambda token: Client(url, token))
    group = admin.post("/groups", plan.group.model_dump())["id"]
    ids = {name: _user(admin, name, full) for name, full in {**plan.people, BOT: BOT}.items()}
    projects = {name: _project(admin, group, item, ids) for name, item in plan.projects.items()}
    tokens = {name: _token(admin, user) for name, user in ids.items()}
    actors = {name: Actor(name, connect(tokens[name])) for name in plan.people}
    people = {name: ids[name] for name in plan.people}
    return World(plan, url, admin, actors, people, projects, tokens[BOT])


def _user(admin: Client, username: str, full_name: str) -> int:
    body = {
        "username": username,
        "name": full_name,
        "email": f"{username}@example.com",
        "password": _PASSWORD,
        "skip_confirmation": True,
    }
    return int(admin.post("/users", body)["id"])


def _token(admin: Client, user: int) -> str:
    path = f"/users/{user}/personal_access_tokens"
    return str(admin.post(path, {"name": "demo", "scopes": ["api"]})["token"])


def _project(admin: Client, group: int, plan: ProjectPlan, ids: Mapping[str, int]) -> int:
    body = {"name": plan.path, "path": plan.path, "namespace_id": group, "visibility": "private"}
    project = int(admin.post("/projects", body)["id"])
    for username, level in {BOT: _REPORTER, **plan.members}.items():
        member = {"user_id": ids[username], "access_level": level}
        admin.post(f"/projects/{project}/members", member)
    return project


def _issue(place: tuple[int, int]) -> str:
    return f"/projects/{place[0]}/issues/{place[1]}"
