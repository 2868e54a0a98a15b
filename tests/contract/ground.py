"""Where the contract is checked: the simulator, in one process and over sockets, or a real GitLab.

For the latter set LAUNCHBOT_TEST_GITLAB_URL and LAUNCHBOT_TEST_GITLAB_TOKEN (scope `api`). There
two private projects are made and deleted again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import gitlab
import httpx2
import pytest

from bot.gitlab.client import Client
from bot.simulator import Simulator, create_app, serve
from tests.transport import AsgiTransport, session

URL, TOKEN = "LAUNCHBOT_TEST_GITLAB_URL", "LAUNCHBOT_TEST_GITLAB_TOKEN"
ROOT_TOKEN = "root-token-0123456789"
OTHERS = ("stranger", "root", "gitlab-bot")
"""Users of whom a GitLab mostly has one; who is nobody's friend has no access to our projects."""

HIDDEN = "Seen.\n\n<!-- launchbot:v1 hidden -->"
Issue = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """Two new projects of ours, and somebody who has no access to them."""

    client: Client
    me: dict[str, Any]
    here: dict[str, Any]
    there: dict[str, Any]
    stranger: dict[str, Any] | None

    def issues(self, project: dict[str, Any] | None = None) -> str:
        """The path of the issues of a project."""
        return f"/projects/{(project or self.here)['id']}/issues"

    def open(self, title: str = "An issue", **more: Any) -> Issue:
        """A new issue."""
        project = more.pop("project", None)
        return self.client.post(self.issues(project), {"title": title, **more})

    def at(self, issue: Issue) -> str:
        """The path of an issue."""
        return f"/projects/{issue['project_id']}/issues/{issue['iid']}"

    def read(self, issue: Issue) -> Issue:
        """The issue as it is now."""
        return self.client.get(self.at(issue))

    def change(self, issue: Issue, **fields: Any) -> Issue:
        """The issue after a change."""
        return self.client.put(self.at(issue), fields)

    def listed(self, **query: Any) -> list[int]:
        """The numbers of the issues that a list shows."""
        return sorted(raw["iid"] for raw in self.client.list(self.issues(), scope="all", **query))

    def note(self, issue: Issue, body: str) -> dict[str, Any]:
        """A new comment."""
        return self.client.post(f"{self.at(issue)}/notes", {"body": body})


@contextmanager
def in_process() -> Iterator[tuple[Client, Simulator | None]]:
    """The simulator, without sockets."""
    sim = Simulator(root_token=ROOT_TOKEN)
    with httpx2.Client(transport=AsgiTransport(create_app(sim))) as http:
        yield Client(sim.url, ROOT_TOKEN, session=session(http)), sim


@contextmanager
def over_sockets() -> Iterator[tuple[Client, Simulator | None]]:
    """The simulator, as anybody would reach it."""
    sim = Simulator(root_token=ROOT_TOKEN)
    with serve(sim) as served:
        yield Client(served.url, ROOT_TOKEN), sim


@contextmanager
def real() -> Iterator[tuple[Client, Simulator | None]]:
    """A real GitLab."""
    url = os.environ.get(URL)  # noqa: TID251 -- tests have no settings
    token = os.environ.get(TOKEN)  # noqa: TID251
    if not url or not token:
        pytest.skip(f"no real GitLab: set {URL} and {TOKEN}")
    try:
        yield Client(url, token), None
    finally:
        mine = gitlab.Gitlab(url, private_token=token)
        for project in mine.projects.list(owned=True, search=PREFIX, get_all=True):
            project.delete()


PREFIX = f"launchbot-contract-{uuid4().hex[:8]}"
PLACES = {"in-process": in_process, "sockets": over_sockets, "real": real}
