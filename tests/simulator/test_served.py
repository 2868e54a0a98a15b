"""The whole over real HTTP, with python-gitlab as a stranger would use it."""

import time
from contextlib import closing
from http.client import HTTPConnection

import gitlab

from bot.simulator import Simulator, serve
from tests.simulator.conftest import ROOT_TOKEN


def test_python_gitlab_works_unchanged() -> None:
    """Users, groups, projects, members, labels, issues, links and notes, end to end."""
    with serve(Simulator(root_token=ROOT_TOKEN)) as served:
        root = gitlab.Gitlab(served.url, private_token=ROOT_TOKEN)
        root.auth()
        assert root.version()[0].startswith("19.")
        group = root.groups.create({"name": "Team", "path": "team"})
        sub = root.groups.create({"name": "Sub", "path": "sub", "parent_id": group.id})
        root.projects.create({"name": "Proj", "namespace_id": sub.id})
        project = root.projects.get("team/sub/proj")
        ann = root.users.create(
            {"username": "ann", "name": "Ann", "email": "ann@x.test", "password": "p"}
        )
        token = ann.personal_access_tokens.create({"name": "t", "scopes": ["api"]}).token
        project.members.create({"user_id": ann.id, "access_level": 30})
        hers = gitlab.Gitlab(served.url, private_token=token).projects.get(project.id)
        one = hers.issues.create({"title": "One", "labels": "a b,c::d", "assignee_ids": [ann.id]})
        two = hers.issues.create({"title": "Two"})
        one.links.create({"target_project_id": project.id, "target_issue_iid": two.iid})
        assert [link.iid for link in one.links.list()] == [two.iid]
        one.notes.create({"body": "hello"})
        one.state_event = "close"
        one.save()
        assert project.issues.get(one.iid).attributes["closed_by"]["username"] == "ann"
        assert [label.name for label in project.labels.list()] == ["a b", "c::d"]


def test_connection_may_be_idle_for_a_while() -> None:
    """A client that waits some seconds between two calls goes on over the same connection."""
    with serve(Simulator(root_token=ROOT_TOKEN)) as served:
        address = served.url.removeprefix("http://")
        with closing(HTTPConnection(address, timeout=5)) as connection:
            for pause in (6, 0):
                connection.request("GET", "/-/health")
                with connection.getresponse() as answer:
                    assert answer.read()
                time.sleep(pause)
            assert connection.sock
