"""What a well-known client sees of the resources that the bot itself does not touch.

Runs against the simulator over sockets and, like its neighbour, unchanged against a real GitLab:
set LAUNCHBOT_TEST_GITLAB_URL and LAUNCHBOT_TEST_GITLAB_TOKEN. There it makes one private project
and deletes it again.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import gitlab
import pytest

from bot.simulator import Simulator, serve

URL, TOKEN = "LAUNCHBOT_TEST_GITLAB_URL", "LAUNCHBOT_TEST_GITLAB_TOKEN"
ROOT_TOKEN = "root-token-0123456789"


@contextmanager
def simulated() -> Iterator[gitlab.Gitlab]:
    """The simulator, as anybody would reach it."""
    with serve(Simulator(root_token=ROOT_TOKEN)) as served:
        yield gitlab.Gitlab(served.url, private_token=ROOT_TOKEN)


@contextmanager
def real() -> Iterator[gitlab.Gitlab]:
    """A real GitLab."""
    url = os.environ.get(URL)  # noqa: TID251 -- tests have no settings
    token = os.environ.get(TOKEN)  # noqa: TID251
    if not url or not token:
        pytest.skip(f"no real GitLab: set {URL} and {TOKEN}")
    yield gitlab.Gitlab(url, private_token=token)


@pytest.fixture(scope="module", params=[simulated, real], ids=["simulated", "real"])
def project(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A new private project with a README."""
    with request.param() as client:
        name = f"launchbot-contract-{uuid4().hex[:8]}"
        made = client.projects.create({"name": name, "initialize_with_readme": True})
        yield made
        made.delete()


def refused(call: Callable[[], object]) -> tuple[int, str]:
    """The status and the message of a call that must fail."""
    with pytest.raises(gitlab.GitlabError) as caught:
        call()
    return caught.value.response_code or 0, str(caught.value.error_message)


def test_label_is_made_once(project: Any) -> None:
    """A second one of the name is a conflict; what is missing is named."""
    label = project.labels.create({"name": "needs work", "color": "#112233"})
    assert (label.description, label.is_project_label) == (None, True)
    again = refused(lambda: project.labels.create({"name": "needs work", "color": "#112233"}))
    assert again == (409, "Label already exists")
    assert refused(lambda: project.labels.get("no such label"))[0] == 404


def test_milestone_opens_and_closes(project: Any) -> None:
    """By `state_event`; a title is used once."""
    stone = project.milestones.create({"title": "v1", "due_date": "2030-01-02"})
    assert (stone.state, stone.due_date, stone.expired) == ("active", "2030-01-02", False)
    stone.state_event = "close"
    stone.save()
    assert project.milestones.get(stone.id).state == "closed"
    assert refused(lambda: project.milestones.create({"title": "v1"}))[0] == 400


def test_board_has_label_lists(project: Any) -> None:
    """In the order they were made, each with its label."""
    board = project.boards.create({"name": "Work"})
    label = project.labels.create({"name": "doing", "color": "#445566"})
    entry = board.lists.create({"label_id": label.id})
    assert (entry.position, entry.label["name"]) == (0, "doing")


def test_wrong_parameters_are_400(project: Any) -> None:
    """With the parameter's name."""
    status, text = refused(lambda: project.issues.list(state="weird"))
    assert (status, text) == (400, "state does not have a valid value")
    status, text = refused(lambda: project.issues.list(per_page="many"))
    assert (status, text) == (400, "per_page is invalid")
    status, text = refused(lambda: project.issues.get("abc"))
    assert (status, text) == (400, "issue_iid is invalid")


def test_comment_of_commands_only_leaves_no_note(project: Any) -> None:
    """202 with what they did, all in one text, and what could not be applied; 400 for nothing."""
    issue = project.issues.create({"title": "Commands"})
    path = f"/projects/{project.id}/issues/{issue.iid}/notes"
    client = project.manager.gitlab
    answer = client.http_request("post", path, post_data={"body": "/Title Renamed\n/lock"})
    assert answer.status_code == 202
    assert len(answer.json()["summary"]) == 1
    changed = project.issues.get(issue.iid)
    assert (changed.title, changed.discussion_locked) == ("Renamed", True)
    assert [n for n in issue.notes.list(get_all=True) if not n.system] == []
    answer = client.http_request("post", path, post_data={"body": "/reopen"})
    assert answer.status_code == 202
    assert answer.json() == {
        "commands_changes": {},
        "summary": ["Could not apply reopen command."],
    }
    assert refused(lambda: issue.notes.create({"body": "/estimate soon"}))[0] == 400


SAFE = [
    "> /close",
    "- /close",
    "```\n/close\n```",
    "    /close",
    "`/close`",
    "x /close",
    "\\/close",
]


@pytest.mark.parametrize("text", SAFE)
def test_markdown_protects_commands(project: Any, text: str) -> None:
    """In quotes, lists and code, and behind any character, they are text."""
    issue = project.issues.create({"title": "Safe", "description": text})
    assert (issue.state, issue.description) == ("opened", text)


def test_code_travels_by_merge_request(project: Any) -> None:
    """Branch, file, request, status, differences; another head is not merged."""
    branch = project.default_branch
    project.branches.create({"branch": "topic", "ref": branch})
    file = {"file_path": "docs/a b.md", "branch": "topic", "content": "one\n"}
    project.files.create(file | {"commit_message": "Add a page"})
    assert project.files.raw("docs/a b.md", ref="topic") == b"one\n"
    fields = {"source_branch": "topic", "target_branch": branch, "title": "A page"}
    request = project.mergerequests.create(fields)
    assert refused(lambda: project.mergerequests.create(fields))[0] == 409
    sha = request.sha
    status = project.commits.get(sha).statuses.create({"state": "success", "name": "docs"})
    assert (status.sha, status.status, status.name) == (sha, "success", "docs")
    assert [d["new_path"] for d in request.changes()["changes"]] == ["docs/a b.md"]
    assert refused(lambda: request.merge(sha="0" * 40))[0] == 409


def test_keyset_pages_are_complete(project: Any) -> None:
    """Every issue once, in the order asked for."""
    for number in range(5):
        project.issues.create({"title": f"Page {number}"})
    keyset = {"pagination": "keyset", "order_by": "created_at", "sort": "asc", "per_page": 2}
    seen = [issue.iid for issue in project.issues.list(iterator=True, **keyset)]
    assert seen == sorted(seen)
    assert len(seen) == len(project.issues.list(get_all=True))
