"""What strangers' clients do: python-gitlab's objects, one area after the other, over HTTP."""

from collections.abc import Iterator
from typing import Any

import gitlab
import pytest

from bot.simulator import Simulator, serve
from tests.simulator.conftest import ROOT_TOKEN


@pytest.fixture(scope="module")
def gl() -> Iterator[gitlab.Gitlab]:
    """A client of a fresh simulator."""
    with serve(Simulator(root_token=ROOT_TOKEN)) as served:
        client = gitlab.Gitlab(served.url, private_token=ROOT_TOKEN)
        client.auth()
        yield client


@pytest.fixture(scope="module")
def project(gl: gitlab.Gitlab) -> Any:
    """A project in the administrator's namespace, with one file."""
    made = gl.projects.create({"name": "clients"})
    made.files.create(
        {"file_path": "a.md", "branch": "main", "content": "one\n", "commit_message": "Begin"}
    )
    return made


def test_clients_can_tidy_up_before_they_begin(gl: gitlab.Gitlab) -> None:
    """Things that are not modelled have empty lists where clean-up scripts look."""
    mine = gl.projects.create({"name": "tidy"})
    assert mine.deploytokens.list(get_all=True) == []
    assert mine.variables.list(get_all=True) == []
    assert gl.variables.list(get_all=True) == []
    assert gl.topics.list(get_all=True) == []
    assert "busy" in str(gl.sidekiq.process_metrics())
    mine.delete()


def test_head_of_a_list_counts(gl: gitlab.Gitlab, project: Any) -> None:
    """HEAD has the type and the numbers of GET."""
    assert gl.projects.head(active=True)["x-total"] == "1"
    assert gl.projects.head(project.id)["content-type"] == "application/json"
    assert project.files.head("a.md", ref="main")["X-Gitlab-File-Path"] == "a.md"


def test_labels_with_difficult_names(project: Any) -> None:
    """Rename, subscribe, delete by a name that needs encoding."""
    label = project.labels.create({"name": "plain", "color": "#778899"})
    label.new_name = "with: colon/and slash"
    label.save()
    label = project.labels.get("with: colon/and slash")
    label.subscribe()
    assert label.subscribed is True
    label.unsubscribe()
    assert label.subscribed is False
    label.delete()
    assert project.labels.list(get_all=True) == []


def test_milestones_with_their_things(gl: gitlab.Gitlab, project: Any) -> None:
    """Issues and merge requests of a milestone; a project's can become its group's."""
    stone = project.milestones.create({"title": "m1"})
    stone.due_date = "2020-01-01T00:00:00Z"
    stone.save()
    issue = project.issues.create({"title": "in m1", "milestone_id": stone.id})
    assert [found.title for found in stone.issues()] == ["in m1"]
    assert list(stone.merge_requests()) == []
    assert issue.resourcemilestoneevents.list(get_all=True)
    issue.weight = 13
    issue.save()
    weights = issue.resource_weight_events.list(get_all=True)
    assert issue.resource_weight_events.get(weights[0].id).weight == 13
    group = gl.groups.create({"name": "Promoters", "path": "promoters"})
    inner = gl.projects.create({"name": "inner", "namespace_id": group.id})
    inner.milestones.create({"title": "shared"}).promote()
    assert [found.title for found in group.milestones.list(get_all=True)] == ["shared"]


def test_groups_are_shared_and_moved(gl: gitlab.Gitlab) -> None:
    """Members of the guest group get in up to the level; unshared they are out again."""
    host = gl.groups.create({"name": "Host", "path": "host"})
    guest = gl.groups.create({"name": "Guest", "path": "guest"})
    user = gl.users.create({"email": "u@x.t", "username": "u", "name": "U", "password": "p"})
    guest.members.create({"user_id": user.id, "access_level": 40})
    token = user.personal_access_tokens.create({"name": "t", "scopes": ["api"]}).token
    theirs = gitlab.Gitlab(gl.url, private_token=token)
    place = gl.projects.create({"name": "place", "namespace_id": host.id})
    place.labels.create({"name": "l", "color": "red"})
    host.share(guest.id, 20)
    with pytest.raises(gitlab.GitlabHttpError):
        gl.http_post(f"/groups/{host.id}/share?group_id={guest.id}&group_access=20")
    assert len(gl.groups.get(host.id).shared_with_groups) == 1
    theirs.projects.get(place.id).issues.create({"title": "hi", "labels": "l,new"})
    with pytest.raises(gitlab.GitlabCreateError):
        theirs.projects.get(place.id).branches.create({"branch": "x", "ref": "main"})
    host.unshare(guest.id)
    with pytest.raises(gitlab.GitlabGetError):
        theirs.projects.get(place.id)
    with pytest.raises(gitlab.GitlabDeleteError):
        host.unshare(guest.id)
    place.share(guest.id, 30)
    theirs.projects.get(place.id)
    place.unshare(guest.id)
    assert [m.source_type for m in user.memberships.list(get_all=True)] == ["Namespace"]
    assert user.memberships.list(type="Project", get_all=True) == []
    guest.transfer(host.id)
    assert gl.groups.get("host/guest").parent_id == host.id
    guest.transfer()
    assert gl.groups.get("guest").full_path == "guest"
    assert [g.id for g in place.groups.list(get_all=True)] == [host.id]
    assert host.id not in [g.id for g in gl.groups.list(skip_groups=[host.id], get_all=True)]


def test_files_and_history(project: Any) -> None:
    """Blame, raw blobs, refs, all branches, merge base, no signature."""
    tree = project.repository_tree()
    assert project.repository_raw_blob(tree[0]["id"]) == b"one\n"
    assert project.files.blame(file_path="a.md", ref="main")[0]["lines"] == ["one"]
    data = {
        "branch": "side",
        "start_branch": "main",
        "commit_message": "Aside",
        "actions": [{"action": "create", "file_path": "b.md", "content": "two"}],
    }
    commit = project.commits.create(data)
    assert [ref["name"] for ref in commit.refs()] == ["side"]
    titles = [c.title for c in project.commits.list(get_all=True, all=True)]
    assert sorted(titles) == ["Aside", "Begin"]
    assert project.repository_merge_base(["main", "side"])["title"] == "Begin"
    with pytest.raises(gitlab.GitlabGetError, match="at least 2 refs"):
        project.repository_merge_base(["main"])
    with pytest.raises(gitlab.GitlabGetError, match="Signature"):
        commit.signature()
    with pytest.raises(gitlab.GitlabGetError):
        project.repository_raw_blob("0" * 40)
    with pytest.raises(gitlab.GitlabListError):
        project.files.blame(file_path="none.md", ref="main")
    with pytest.raises(gitlab.GitlabGetError):
        project.repository_merge_base(["main", "nowhere"])
    status = commit.statuses.create({"state": "success", "sha": commit.id})
    assert status in commit.statuses.list(get_all=True)


def test_wildcards_protect_branches(project: Any) -> None:
    """A rule can change whether force pushes are allowed."""
    rule = project.protectedbranches.create({"name": "*-stable", "allow_force_push": False})
    rule.allow_force_push = True
    rule.save()
    assert project.protectedbranches.get("*-stable").allow_force_push is True
    project.branches.create({"branch": "1-stable", "ref": "main"})
    assert project.branches.get("1-stable").protected is True
    rule.delete()


def test_merge_requests_from_start_to_end(gl: gitlab.Gitlab, project: Any) -> None:
    """A running pipeline makes auto-merge wait; bots may reset approvals."""
    for name in ("r1", "r2"):
        project.branches.create({"branch": name, "ref": "main"})
        content = {"branch": name, "content": name, "commit_message": "m"}
        project.files.create({"file_path": "clash.md"} | content)
    one, two = (
        project.mergerequests.create(
            {"source_branch": name, "target_branch": "main", "title": name}
        )
        for name in ("r1", "r2")
    )
    assert "commit_id" in one.merge_ref()
    project.pipelines.create({"ref": "r1"})
    one.merge(merge_when_pipeline_succeeds=True)
    assert project.mergerequests.get(one.iid).merge_when_pipeline_succeeds is True
    assert one.cancel_merge_when_pipeline_succeeds() == {"status": "success"}
    one.approve()
    bot = project.access_tokens.create({"name": "bot", "scopes": ["api"]})
    theirs = gitlab.Gitlab(gl.url, private_token=bot.token).projects.get(project.id)
    theirs.mergerequests.get(one.iid).reset_approvals()
    with pytest.raises(gitlab.GitlabAuthenticationError):
        one.reset_approvals()
    one.merge(merge_commit_message="long\r\n" * 2000)
    with pytest.raises(gitlab.GitlabMRClosedError):
        one.merge()
    with pytest.raises(gitlab.GitlabGetError):
        project.mergerequests.get(two.iid).merge_ref()
    two.delete()


def test_transfer_by_id_and_by_path(gl: gitlab.Gitlab, project: Any) -> None:
    """To a group and back home."""
    group = gl.groups.create({"name": "Movers", "path": "movers"})
    project.transfer(group.id)
    assert gl.projects.get(project.id).namespace["path"] == "movers"
    project.transfer("root")
    assert gl.projects.get(project.id).namespace["path"] == "root"
