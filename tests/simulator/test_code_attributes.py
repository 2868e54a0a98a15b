"""Attributes that the pages on tags, releases, triggers, jobs, protections and search document.

https://docs.gitlab.com/api/tags/, https://docs.gitlab.com/api/releases/,
https://docs.gitlab.com/api/pipeline_triggers/, https://docs.gitlab.com/api/search/
"""

import io
import zipfile
from typing import Any

from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request


def test_tags_are_found_and_ordered(code: World) -> None:
    """By name, by version, by search; protected ones say so; none is signed."""
    path = f"{code.path}/repository/tags"
    for name in ("v1.10", "v1.9", "w2"):
        code.dora.post(path, tag_name=name, ref="main")
    code.mia.post(f"{code.path}/protected_tags", name="w*")

    def found(**params: Any) -> list[str]:
        return [tag["name"] for tag in code.rita.get(path, **params)]

    assert found(order_by="name", sort="asc") == ["v1.10", "v1.9", "w2"]
    assert found(order_by="version", sort="asc") == ["v1.9", "v1.10", "w2"]
    assert found(search="^v", order_by="version") == ["v1.10", "v1.9"]
    assert found(search="9$") == ["v1.9"]
    code.rita.get(path, 400, order_by="size")
    assert [code.rita.get(f"{path}/{name}")["protected"] for name in ("w2", "v1.9")] == [
        True,
        False,
    ]
    assert code.rita.get(f"{path}/w2/signature", 404)["message"] == "404 Signature Not Found"


def test_releases_are_ordered_and_link_to_what_they_hold(code: World) -> None:
    """Also simple ones in groups, texts as HTML, and assets by a lasting path."""
    path = f"{code.path}/releases"
    for name, day in (("v1", "2026-01-02"), ("v2", "2026-01-01")):
        when = f"{day}T00:00:00Z"
        code.dora.post(path, tag_name=name, ref="main", released_at=when, description="**Hi**")
    assert [r["tag_name"] for r in code.rita.get(path)] == ["v1", "v2"]
    assert [r["tag_name"] for r in code.rita.get(path, sort="asc")] == ["v2", "v1"]
    code.rita.get(path, 400, order_by="size")
    shown = code.rita.get(f"{path}/v1", include_html_description=True)
    assert "<strong>Hi</strong>" in shown["description_html"]
    wanted = "/-/issues?release_tag=v1&scope=all&state=opened"
    assert shown["_links"]["opened_issues_url"].endswith(wanted)
    [first, _] = code.root.get(f"/groups/{code.group['id']}/releases", simple=True, sort="asc")
    assert first["tag_name"] == "v2"
    assert "assets" not in first
    links = f"{path}/v1/assets/links"
    sent = {"name": "tool", "url": "https://x.test/tool"}
    code.dora.post(links, 400, **sent, direct_asset_path="bin/tool")
    made = code.dora.post(links, **sent, direct_asset_path="/bin/tool")
    assert made["direct_asset_url"].endswith("/-/releases/v1/downloads/bin/tool")
    headers = {"PRIVATE-TOKEN": code.rita.token or ""}
    where = f"/api/v4{path}/v1/downloads/bin/tool"
    answer = code.client.get(where, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "https://x.test/tool")
    code.rita.get(f"{path}/v1/downloads/none", 404)
    moved = code.dora.put(f"{links}/{made['id']}", direct_asset_path="/new")
    assert moved["direct_asset_url"].endswith("/downloads/new")


def test_trigger_starts_a_pipeline(code: World) -> None:
    """In its owner's name, without a login; others see four letters of the token."""
    path = f"{code.path}/triggers"
    made = code.mia.post(path, description="nightly")
    at = f"{path}/{made['id']}"
    assert code.mia.get(at)["token"] == made["token"]
    assert code.olga.get(path)[0]["token"] == made["token"][:4]
    start = f"{code.path}/trigger/pipeline"
    sent = {"token": made["token"], "ref": "topic", "variables": {"A": "1"}}
    run = code.nobody.post(start, **sent)
    assert (run["source"], run["user"]["username"]) == ("trigger", "mia")
    [variable] = code.dora.get(f"{code.path}/pipelines/{run['id']}/variables")
    assert (variable["key"], variable["value"]) == ("A", "1")
    assert code.mia.get(at)["last_used"] is not None
    code.nobody.post(start, 404, **(sent | {"token": "wrong"}))
    code.nobody.post("/projects/99/trigger/pipeline", 404, **sent)
    code.nobody.post(start, 400, token=made["token"])
    code.nobody.post(start, 400, **(sent | {"ref": "none"}))
    code.nobody.post(start, 400, **(sent | {"variables": {"A": 1}}))
    code.nobody.post(start, 400, **(sent | {"variables": ["A"]}))
    assert code.mia.put(at, description="daily")["description"] == "daily"
    code.dora.get(path, 403)
    code.mia.delete(at)
    code.mia.get(at, 404)


def test_job_token_triggers_in_its_own_project(code: World) -> None:
    """And nothing where the CI file has no job for it."""
    job = {"project": code.project["id"], "username": "dora"}
    token = code.client.post("/simulator/jobs", json=job).json()["token"]
    sent = {"token": token, "ref": "topic"}
    run = code.nobody.post(f"{code.path}/trigger/pipeline", **sent)
    assert run["user"]["username"] == "dora"
    rules = "a:\n  script: x\n  rules:\n    - if: $CI_PIPELINE_SOURCE == 'push'\n"
    file = {"branch": "topic", "commit_message": "CI", "content": rules}
    code.dora.post(f"{code.path}/repository/files/.gitlab-ci.yml", **file)
    refused = code.nobody.post(f"{code.path}/trigger/pipeline", 400, **sent)
    assert "rules configuration" in refused["message"]["base"][0]


def test_nobody_may_forbid_unprotecting(code: World) -> None:
    """Level 0 is for pushing and merging only."""
    path = f"{code.path}/protected_branches"
    code.mia.post(path, 400, name="stable", unprotect_access_level=0)
    code.mia.post(path, 400, name="stable", allowed_to_unprotect=[{"access_level": 0}])
    assert code.mia.post(path, name="stable", push_access_level=0)["name"] == "stable"


def test_search_is_narrowed(code: World) -> None:
    """By state, secrecy, type, archive and field; what is unknown is refused."""
    one = code.issue(title="find me", confidential=True)
    two = code.issue(title="other", description="find me", issue_type="task")
    request(code, title="find me too")
    path = f"{code.path}/search"

    def found(**params: Any) -> list[int]:
        usual = {"search": "find me", "scope": "issues", "sort": "asc"}
        return [item["id"] for item in code.rita.get(path, **(usual | params))]

    assert found() == [one["id"], two["id"]]
    assert found(sort="desc") == [two["id"], one["id"]]
    assert found(confidential=True) == [one["id"]]
    assert found(fields="title") == [one["id"]]
    assert found(state="closed") == []
    assert found(scope="work_items", **{"type[]": "task"}) == [two["id"]]
    assert len(found(scope="merge_requests", state="opened")) == 1
    for bad in ({"order_by": "id"}, {"sort": "up"}, {"state": "odd"}, {"search_type": "x"}):
        code.rita.get(path, 400, scope="issues", search="x", **bad)
    usual = {"scope": "issues", "search": "find"}
    code.root.post(f"{code.path}/archive")
    assert code.root.get("/search", **usual) == []
    assert len(code.root.get("/search", include_archived=True, **usual)) == 2


def test_todos_are_narrowed(world: World) -> None:
    """By who caused them, and by group."""
    world.issue(assignee_ids=[world.dora.id])
    group = world.group["id"]
    assert len(world.dora.get("/todos", author_id=world.rita.id, group_id=group)) == 1
    assert world.dora.get("/todos", author_id=world.mia.id) == []
    other = world.root.post("/groups", name="Other", path="other", visibility="public")
    assert world.dora.get("/todos", group_id=other["id"]) == []


def test_markdown_is_of_a_project_that_is_there(world: World) -> None:
    """404 for another."""
    sent = {"text": "*x*", "gfm": True}
    assert "<em>x</em>" in world.rita.post("/markdown", **sent, project="team/proj")["html"]
    world.rita.post("/markdown", 404, **sent, project="team/none")


def test_archive_is_cut(code: World) -> None:
    """To a folder, or without some; a tag goes before a branch where asked for."""
    code.dora.post(f"{code.path}/repository/tags", tag_name="topic", ref="main")

    def names(**params: Any) -> list[str]:
        headers = {"PRIVATE-TOKEN": code.rita.token or ""}
        path = f"/api/v4{code.path}/repository/archive.zip"
        answer = code.client.get(path, headers=headers, params={"sha": "topic"} | params)
        found = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        return [name.split("/", 1)[1] for name in found]

    assert names() == ["README.md", "docs/page.md"]
    assert names(path="docs", include_lfs_blobs=False) == ["docs/page.md"]
    assert names(exclude_paths="docs,none") == ["README.md"]
    assert names(ref_type="tags") == ["README.md"]


def test_tags_are_made_by_those_who_are_named(code: World) -> None:
    """Users on Premium, keys anywhere; who is named has no level."""
    path, tags = f"{code.path}/protected_tags", f"{code.path}/repository/tags"
    made = code.mia.post(path, name="v*", allowed_to_create=[{"user_id": code.dora.id}])
    [level] = made["create_access_levels"]
    assert (level["user_id"], level["access_level"]) == (code.dora.id, None)
    code.dora.post(tags, tag_name="v1", ref="main")
    code.mia.post(tags, 403, tag_name="v2", ref="main")
    code.mia.post(path, 400, name="w*", create_access_level=60)
    code.mia.post(path, 400, name="w*", allowed_to_create=[{}])
    key = code.mia.post(f"{code.path}/deploy_keys", title="ci", key="ssh-rsa AAAA")["id"]
    code.sim.tier = "free"
    made = code.mia.post(path, name="w*", allowed_to_create=[{"deploy_key_id": key}])
    assert made["create_access_levels"][0]["access_level_description"] == "Deploy key"
    code.mia.post(tags, 403, tag_name="w1", ref="main")
    pushes = [{"deploy_key_id": key}]
    made = code.mia.post(f"{code.path}/protected_branches", name="x", allowed_to_push=pushes)
    assert made["push_access_levels"][0]["deploy_key_id"] == key
    pushes = [{"deploy_key_id": 99}]
    code.mia.post(f"{code.path}/protected_branches", 422, name="y", allowed_to_push=pushes)


def test_groups_hold_settings_of_approvals(code: World) -> None:
    """What is strict above cannot be undone below."""
    group = f"/groups/{code.group['id']}/merge_request_approval_setting"
    own = f"{code.path}/merge_request_approval_setting"
    assert code.mia.get(own)["allow_author_approval"]["value"] is True
    shown = code.mia.put(own, retain_approvals_on_push=False)
    assert shown["retain_approvals_on_push"]["value"] is False
    assert code.mia.get(f"{code.path}/approvals")["reset_approvals_on_push"] is True
    code.mia.put(group, 403, allow_author_approval=False)
    code.root.put(group, allow_author_approval=False)
    held = {"value": False, "locked": True, "inherited_from": "group"}
    assert code.mia.put(own, allow_author_approval=True)["allow_author_approval"] == held
    item = request(code)
    code.dora.post(f"{code.path}/merge_requests/{item['iid']}/approve", 401)
    code.sim.tier = "free"
    code.mia.get(own, 404)


def test_pipelines_refuse_odd_variables(code: World) -> None:
    """A type is `env_var` or `file`; jobs of a project also go by keyset."""
    sent = [{"key": "A", "value": "1", "variable_type": "odd"}]
    code.dora.post(f"{code.path}/pipeline", 400, ref="topic", variables=sent)
    assert code.dora.get(f"{code.path}/jobs", pagination="keyset") == []


def test_project_is_searched_inside(code: World) -> None:
    """Code by name and text, narrowed by filters; commits, notes, wiki pages and snippets."""
    lines = "".join(f"line {n}\n" for n in range(1, 10)) + "the needle\n" + "end\n" * 9
    files = [("src/needle.py", lines + "Needle too\n"), ("src/other.txt", "hay\n")]
    actions = [{"action": "create", "file_path": path, "content": text} for path, text in files]
    sent = {"branch": "topic", "commit_message": "Hide the needle", "actions": actions}
    code.dora.post(f"{code.path}/repository/commits", **sent)
    path = f"{code.path}/search"

    def found(scope: str, text: str, **params: Any) -> Any:
        return code.dora.get(path, scope=scope, search=text, **params)

    assert found("blobs", "needle") == []
    places = found("blobs", "needle", ref="topic")
    assert [(p["path"], p["startline"]) for p in places] == [
        ("src/needle.py", 1),
        ("src/needle.py", 8),
        ("src/needle.py", 18),
    ]
    assert places[1]["data"] == "line 8\nline 9\nthe needle\nend\nend\n"
    assert (places[1]["basename"], places[1]["ref"]) == ("src/needle", "topic")
    for narrow, count in (("path:src", 3), ("extension:txt", 0), ("filename:need*", 3)):
        assert len(found("blobs", f"needle {narrow}", ref="topic")) == count
    [entry] = found("commits", "needle", ref="topic")
    assert (entry["title"], entry["project_id"]) == ("Hide the needle", code.project["id"])
    issue = code.issue()
    code.rita.post(f"{code.at(issue)}/notes", body="A needle")
    code.rita.post(f"{code.at(issue)}/notes", body="A secret needle", internal=True)
    assert [note["body"] for note in found("notes", "needle")] == ["A secret needle", "A needle"]
    gus = code.gus.get(path, scope="notes", search="needle")
    assert [note["body"] for note in gus] == ["A needle"]
    code.dora.post(f"{code.path}/wikis", title="Home", content="a needle here")
    [page] = [p for p in found("wiki_blobs", "needle") if p["path"] == "Home.md"]
    assert page["data"] == "a needle here"
    code.dora.post(f"{code.path}/snippets", title="Needle", content="x", visibility="private")
    titles = code.dora.get("/search", scope="snippet_titles", search="needle")
    assert [snippet["title"] for snippet in titles] == ["Needle"]
    assert code.nora.get("/search", scope="snippet_titles", search="needle") == []
