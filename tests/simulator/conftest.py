"""A simulated GitLab with a small cast, and clients for each of them."""

import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.simulator import Simulator, create_app

ROOT_TOKEN = "root-token-0123456789"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Person:
    """Someone with a token: calls the API and expects a status."""

    def __init__(self, client: TestClient, token: str | None, number: int, name: str) -> None:
        self.client = client
        self.token = token
        self.id = number
        self.name = name

    def call(self, method: str, path: str, status: int, **how: Any) -> Any:
        """One call; the answer's JSON (or None), after checking its status."""
        headers = dict(how.pop("headers", {}))
        if self.token:
            headers["PRIVATE-TOKEN"] = self.token
        answer = self.client.request(method, f"/api/v4{path}", headers=headers, **how)
        assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None

    def get(self, path: str, status: int = 200, /, **params: Any) -> Any:
        """Read."""
        return self.call("GET", path, status, params=params)

    def post(self, path: str, status: int = 201, /, **body: Any) -> Any:
        """Create."""
        return self.call("POST", path, status, json=body)

    def put(self, path: str, status: int = 200, /, **body: Any) -> Any:
        """Change."""
        return self.call("PUT", path, status, json=body)

    def delete(self, path: str, status: int = 204, /) -> Any:
        """Remove."""
        return self.call("DELETE", path, status)


@dataclass(frozen=True)
class World:
    """A group `team` with the private project `team/proj` and one person per role."""

    sim: Simulator
    client: TestClient
    root: Person
    people: dict[str, Person]
    group: dict[str, Any]
    project: dict[str, Any]

    def __getattr__(self, name: str) -> Person:
        return self.people[name]

    @property
    def path(self) -> str:
        """The project's API path."""
        return f"/projects/{self.project['id']}"

    def open(self, visibility: str = "public") -> None:
        """Let strangers see the project, and the group, which may not be seen by fewer."""
        for path in (f"/groups/{self.group['id']}", self.path):
            self.root.put(path, visibility=visibility)

    def issue(self, by: str = "rita", **fields: Any) -> dict[str, Any]:
        """A new issue, by the Reporter unless told otherwise."""
        made: dict[str, Any] = self.people[by].post(
            f"{self.path}/issues", **({"title": "An issue"} | fields)
        )
        return made

    def at(self, issue: dict[str, Any]) -> str:
        """The API path of an issue."""
        return f"/projects/{issue['project_id']}/issues/{issue['iid']}"

    def notes(self, issue: dict[str, Any], by: str = "rita") -> list[str]:
        """The texts of all notes, oldest first."""
        found = self.people[by].get(f"{self.at(issue)}/notes", sort="asc", per_page=100)
        return [note["body"] for note in found]


ROLES = {"gus": 10, "pia": 15, "rita": 20, "dora": 30, "mia": 40, "olga": 50}


def new_person(root: Person, name: str) -> Person:
    """A new user with a token of the scope `api`."""
    user = root.post(
        "/users", username=name, name=name.title(), email=f"{name}@x.test", password="p"
    )
    path = f"/users/{user['id']}/personal_access_tokens"
    token = root.post(path, name="t", scopes=["api"])["token"]
    return Person(root.client, token, user["id"], name)


@pytest.fixture(scope="session")
def template() -> World:
    """The world that every test starts from; nobody may change it."""
    return build_world()


@pytest.fixture
def world(template: World) -> World:
    """A world for one test: Gus is Guest, Pia Planner, Rita Reporter and so on, see `ROLES`."""
    sim = Simulator(root_token=ROOT_TOKEN, now=START)
    sim.state = copy.deepcopy(template.sim.state)
    client = TestClient(create_app(sim))
    people = {
        name: Person(client, person.token, person.id, name)
        for name, person in template.people.items()
    }
    return World(sim, client, people["root"], people, template.group, template.project)


def build_world() -> World:
    """A fresh world, made through the API."""
    sim = Simulator(root_token=ROOT_TOKEN, now=START)
    client = TestClient(create_app(sim))
    root = Person(client, ROOT_TOKEN, 1, "root")
    people = {name: new_person(root, name) for name in (*ROLES, "nora")}
    people |= {"root": root, "nobody": Person(client, None, 0, "nobody")}
    group = root.post("/groups", name="Team", path="team")
    project = root.post("/projects", name="Proj", path="proj", namespace_id=group["id"])
    for name, level in ROLES.items():
        path = f"/projects/{project['id']}/members"
        root.post(path, user_id=people[name].id, access_level=level)
    return World(sim, client, root, people, group, project)
