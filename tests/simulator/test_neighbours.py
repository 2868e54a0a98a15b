"""What stands beside the resources that matter: wikis, snippets, topics, schedules, reports.

Each is kept and shown as its page says, and has no effect on anything else.
"""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import commit
from tests.simulator.test_requests import request as new_request


def test_wiki_pages(world: World) -> None:
    """By Developers; a new title moves a page; those of groups are Premium."""
    for path in (f"{world.path}/wikis", f"/groups/{world.group['id']}/wikis"):
        made = world.root.post(path, title="How to/Begin", content="# Begin")
        assert (made["slug"], made["title"]) == ("How-to/Begin", "Begin")
        at = f"{path}/How-to%2FBegin"
        assert "<h1>" in world.root.get(at, render_html=True)["content"]
        assert "content" not in world.root.get(path)[0]
        assert world.root.get(path, with_content=True)[0]["content"] == "# Begin"
        world.root.post(path, 400, title="How to/Begin", content="again")
        world.root.put(at, 400)
        assert world.root.put(at, content="new", title="Start")["slug"] == "Start"
        world.root.get(at, 404)
        files = {"file": ("a.txt", b"text", "text/plain")}
        kept = world.root.call("POST", f"{path}/attachments", 201, files=files)
        assert kept["link"]["markdown"] == f"[a.txt]({kept['file_path']})"
        world.root.post(f"{path}/attachments", 400)
        world.root.delete(f"{path}/Start")
    world.rita.post(f"{world.path}/wikis", 403, title="x", content="y")
    world.sim.tier = "free"
    world.root.get(f"/groups/{world.group['id']}/wikis", 404)
    world.root.put(world.path, wiki_access_level="disabled")
    world.root.get(f"{world.path}/wikis", 403)


def test_snippets_are_seen_by_whom_they_are_for(world: World) -> None:
    """Private ones by their author, those of a project by its members, public ones by all."""
    files = [{"file_path": "a.py", "content": "a"}, {"file_path": "b.py", "content": "b"}]
    own = world.rita.post("/snippets", title="mine", files=files)
    world.dora.get(f"/snippets/{own['id']}", 404)
    assert [s["title"] for s in world.root.get("/snippets/all")] == ["mine"]
    assert world.dora.get("/snippets/all") == []
    world.rita.put(f"/snippets/{own['id']}", visibility="public")
    assert [s["title"] for s in world.dora.get("/snippets/public")] == ["mine"]
    world.dora.put(f"/snippets/{own['id']}", 403, title="taken")
    shared = world.gus.post(f"{world.path}/snippets", title="ours", content="x", file_name="x.md")
    assert world.dora.get(f"{world.path}/snippets/{shared['id']}")["file_name"] == "x.md"
    world.nora.get(f"{world.path}/snippets", 404)
    world.gus.post(f"{world.path}/snippets", 400, title="empty")
    world.mia.delete(f"{world.path}/snippets/{shared['id']}")


def test_files_of_snippets(world: World) -> None:
    """Read as they are, added, renamed and removed."""
    made = world.rita.post("/snippets", title="x", content="one", file_name="a.py")
    at = f"/snippets/{made['id']}"
    headers = {"PRIVATE-TOKEN": world.rita.token or ""}
    assert world.client.get(f"/api/v4{at}/raw", headers=headers).text == "one"
    world.rita.put(at, file_name="b.py", content="two")
    actions = [
        {"action": "create", "file_path": "c.py", "content": "three"},
        {"action": "move", "previous_path": "b.py", "file_path": "d.py"},
    ]
    shown = world.rita.put(at, files=actions)
    assert {file["path"] for file in shown["files"]} == {"c.py", "d.py"}
    answer = world.client.get(f"/api/v4{at}/files/main/d.py/raw", headers=headers)
    assert answer.text == "two"
    world.rita.get(f"{at}/files/main/none/raw", 404)
    world.rita.put(at, files=[{"action": "delete", "file_path": "c.py"}])
    world.rita.put(at, 400, files=[{"action": "delete", "file_path": "d.py"}])


def test_comments_on_snippets(world: World) -> None:
    """Threads and lone comments, changed by their authors only."""
    made = world.gus.post(f"{world.path}/snippets", title="x", content="y")
    at = f"{world.path}/snippets/{made['id']}"
    thread = world.rita.post(f"{at}/discussions", body="Why?")
    note = world.gus.post(f"{at}/discussions/{thread['id']}/notes", body="Because")
    world.gus.post(f"{at}/notes", body="By the way")
    assert len(world.rita.get(f"{at}/notes")) == 3
    flags = [entry["individual_note"] for entry in world.rita.get(f"{at}/discussions")]
    assert flags == [False, True]
    one = f"{at}/discussions/{thread['id']}/notes/{note['id']}"
    world.rita.put(one, 403, body="No")
    assert world.gus.put(one, body="Well")["body"] == "Well"
    world.rita.delete(one, 403)
    world.gus.delete(one)
    world.gus.get(one, 404)
    world.rita.delete(f"{at}/notes/{thread['notes'][0]['id']}")
    world.rita.get(f"{at}/discussions/{thread['id']}", 404)


def test_topics_count_their_projects(world: World) -> None:
    """Made by administrators, each name once; merging moves the projects."""
    first = world.root.post("/topics", name="red", title="Red")
    second = world.root.post("/topics", name="blue", title="Blue")
    world.mia.post("/topics", 403, name="x", title="X")
    world.root.post("/topics", 400, name="RED", title="Red")
    world.mia.put(world.path, topics=["red"])
    assert [t["total_projects_count"] for t in world.rita.get("/topics")] == [1, 0]
    assert [t["name"] for t in world.rita.get("/topics", without_projects=True)] == ["blue"]
    ids = {"source_topic_id": first["id"], "target_topic_id": second["id"]}
    assert world.root.post("/topics/merge", **ids)["total_projects_count"] == 1
    world.root.post("/topics/merge", 404, **ids)
    assert world.rita.get(world.path)["topics"] == ["blue"]
    world.root.put(f"/topics/{second['id']}", description="Sky")
    world.root.delete(f"/topics/{second['id']}")
    world.root.get(f"/topics/{second['id']}", 404)


def test_schedules_start_pipelines_when_played(code: World) -> None:
    """With their variables; only their owner and Maintainers change them."""
    path = f"{code.path}/pipeline_schedules"
    fields = {"description": "Nightly", "ref": "main", "cron": "0 1 * * *"}
    made = code.dora.post(path, **fields)
    at = f"{path}/{made['id']}"
    code.dora.post(path, 400, **(fields | {"cron": "daily"}))
    code.dora.post(path, 400, **(fields | {"ref": "nowhere"}))
    code.dora.post(f"{at}/variables", key="A", value="1")
    code.dora.post(f"{at}/variables", 400, key="A", value="1")
    assert code.dora.put(f"{at}/variables/A", value="2")["value"] == "2"
    code.dora.put(f"{at}/variables/A", variable_type="file")
    assert code.dora.get(f"{at}/variables/A")["value"] == "2"
    code.dora.get(f"{at}/variables/B", 404)
    code.rita.put(at, 403, active=False)
    code.dora.post(f"{at}/play")
    started = code.rita.get(f"{at}/pipelines")
    assert [(p["source"], p["ref"]) for p in started] == [("schedule", "main")]
    shown = code.dora.get(at)
    assert (shown["last_pipeline"]["id"], shown["variables"][0]["key"]) == (started[0]["id"], "A")
    assert code.mia.post(f"{at}/take_ownership")["owner"]["username"] == "mia"
    code.mia.post(f"{at}/take_ownership", 200)
    code.dora.put(at, 403, active=False)
    code.mia.put(at, active=False)
    assert code.rita.get(path, scope="active") == []
    code.mia.delete(f"{at}/variables/A", 202)
    code.mia.delete(at)
    code.mia.get(at, 404)


def test_schedules_name_their_ref_in_full(code: World) -> None:
    """A short name becomes that of a branch or tag; one of both is refused."""
    path, fields = f"{code.path}/pipeline_schedules", {"description": "d", "cron": "0 1 * * *"}
    code.mia.post(f"{code.path}/repository/tags", tag_name="v1", ref="main")
    made = code.dora.post(path, ref="main", **fields)
    assert made["ref"] == "refs/heads/main"
    assert code.dora.put(f"{path}/{made['id']}", ref="v1")["ref"] == "refs/tags/v1"
    code.dora.post(f"{path}/{made['id']}/play")
    assert code.dora.get(f"{path}/{made['id']}/pipelines")[0]["ref"] == "v1"
    code.mia.post(f"{code.path}/repository/tags", tag_name="main", ref="main")
    code.dora.post(path, 400, ref="main", **fields)
    assert code.dora.post(path, ref="refs/tags/main", **fields)["ref"] == "refs/tags/main"


def test_push_rules_and_mirrors_are_premium(world: World) -> None:
    """One each to a place; `null` where there is none."""
    at = f"{world.path}/push_rule"
    assert world.mia.get(at) is None
    world.mia.put(at, 404, member_check=True)
    made = world.mia.post(at, deny_delete_tag=True, max_file_size=3)
    assert (made["deny_delete_tag"], made["max_file_size"]) == (True, 3)
    world.mia.post(at, 422)
    assert world.mia.put(at, branch_name_regex="^x")["branch_name_regex"] == "^x"
    world.mia.delete(at)
    world.mia.delete(at, 404)
    pull = f"{world.path}/mirror/pull"
    world.mia.get(pull, 400)
    assert world.mia.put(pull, url="https://x.test/a.git", enabled=True)["enabled"] is True
    assert world.mia.get(pull)["url"] == "https://x.test/a.git"
    world.sim.tier = "free"
    world.mia.get(at, 404)
    world.mia.get(pull, 404)


def test_integrations_are_kept(world: World) -> None:
    """Under their old name too; what they need is among the properties."""
    path = f"{world.path}/integrations"
    world.mia.get(f"{path}/asana", 404)
    made = world.mia.put(f"{path}/asana", api_key="k", push_events=False)
    assert (made["active"], made["push_events"]) == (True, False)
    assert world.mia.get(f"{world.path}/services/asana")["properties"] == {"api_key": "k"}
    assert "properties" not in world.mia.get(path)[0]
    world.mia.delete(f"{path}/asana")
    assert world.mia.get(path) == []


def test_environments_are_stopped_before_they_go(world: World) -> None:
    """Their slug comes from the name."""
    path = f"{world.path}/environments"
    made = world.mia.post(path, name="Review/App 1")
    assert (made["slug"], made["state"]) == ("review-app-1", "available")
    world.mia.delete(f"{path}/{made['id']}", 403)
    assert world.mia.post(f"{path}/{made['id']}/stop")["state"] == "stopped"
    world.mia.post(f"{path}/99/stop", 404)
    world.mia.delete(f"{path}/{made['id']}")


def test_numbers_of_the_instance(code: World) -> None:
    """As text, for administrators."""
    counts = code.root.get("/application/statistics")
    assert (counts["projects"], counts["groups"], counts["snippets"]) == ("1", "1", "0")
    code.mia.get("/application/statistics", 403)
    assert code.rita.get(f"{code.path}/statistics")["fetches"]["total"] == 0


def test_ci_files_are_linted(code: World) -> None:
    """Those sent, and those of a ref."""
    path = f"{code.path}/ci/lint"

    def verdict(text: str) -> tuple[bool, int]:
        found: dict[str, Any] = code.dora.post(path, 200, content=text)
        return found["valid"], len(found["errors"])

    assert verdict("a: {script: [x]}") == (True, 0)
    assert verdict(":a:\n  :script: x") == (True, 0)
    assert verdict("a: [") == (False, 1)
    assert verdict("only text") == (False, 1)
    assert verdict("stages: [a]") == (False, 1)
    assert code.dora.get(path)["valid"] is False
    action = {"action": "create", "file_path": ".gitlab-ci.yml", "content": "a: {script: [x]}"}
    commit(code, "dora", "topic", "CI", [action])
    assert code.dora.get(path, content_ref="topic")["valid"] is True


def test_changelog_groups_commits_by_trailer(code: World) -> None:
    """Only those with the trailer, in a range."""
    for title, kind in (("Add wings", "added"), ("Mend wings", "fixed"), ("Tidy", "")):
        trailer = f"\n\nChangelog: {kind}" if kind else ""
        action = {"action": "create", "file_path": title, "content": title}
        commit(code, "dora", "topic", f"{title}{trailer}", [action])
    path = f"{code.path}/repository/changelog"
    code.rita.get(path, 422, version="1.0.0", to="topic")
    code.dora.post(f"{code.path}/repository/tags", tag_name="v0.9.0", ref="main")
    code.dora.post(f"{code.path}/repository/tags", tag_name="v0.9.1-rc", ref="topic")
    notes = code.rita.get(path, version="v1.0.0", to="topic", date="2026-03-04")["notes"]
    head = "## 1.0.0 (2026-03-04)\n\n### fixed (1 change)\n\n- [Mend wings](team/proj@"
    assert notes.startswith(head)
    assert "Tidy" not in notes
    none = code.rita.get(path, version="1.0.0", **{"from": "main", "to": "main"})["notes"]
    assert none.endswith("No changes.\n")
    headers = {"PRIVATE-TOKEN": code.rita.token or ""}
    text = code.client.get(f"/api/v4{path}.txt?version=1.0.0&to=topic", headers=headers).text
    assert text.startswith("## 1.0.0 (")
    code.rita.get(path, 400)
    code.rita.get(path, 400, version="1.0")


def test_changelog_links_the_request_of_a_squashed_commit(code: World) -> None:
    """Merging made the commit that has the trailer; none of the request's own has it."""
    item = new_request(code, squash=True)
    text = "Add wings\n\nChangelog: added"
    code.mia.put(f"{code.path}/merge_requests/{item['iid']}/merge", squash_commit_message=text)
    sent = {"version": "1.0.0", "from": item["diff_refs"]["base_sha"]}
    notes = code.rita.get(f"{code.path}/repository/changelog", **sent)["notes"]
    assert notes.splitlines()[-1].endswith("([merge request](team/proj!1))")


def test_changelog_is_committed_on_top(code: World) -> None:
    """To a file of a branch that one may push to; merged requests are named."""
    action = {"action": "create", "file_path": "x.md", "content": "x"}
    commit(code, "dora", "topic", "Add wings\n\nChangelog: added", [action])
    item = new_request(code)
    merged = f"{code.path}/merge_requests/{item['iid']}/merge"
    code.mia.put(merged)
    path, sent = f"{code.path}/repository/changelog", {"from": item["diff_refs"]["base_sha"]}
    for version in ("1.0.0", "1.1.0"):
        code.mia.post(path, version=version, **sent)
    file = f"{code.path}/repository/files/CHANGELOG.md"
    content = base64.b64decode(code.rita.get(file, ref="main")["content"]).decode()
    assert [line[:8] for line in content.splitlines() if line.startswith("## ")] == [
        "## 1.1.0",
        "## 1.0.0",
    ]
    assert "([merge request](team/proj!1))" in content
    code.dora.post(path, 403, version="1.2.0", **sent)
    code.mia.post(path, 400, version="1.2.0", branch="none", **sent)


def test_keys_are_found_by_number_and_fingerprint(world: World) -> None:
    """SSH keys with their owner, deploy keys with their project; for administrators."""
    content = base64.b64encode(b"a key").decode()
    made = world.rita.post("/user/keys", title="laptop", key=f"ssh-ed25519 {content}")
    digest = base64.b64encode(hashlib.sha256(b"a key").digest()).decode().rstrip("=")
    assert world.root.get(f"/keys/{made['id']}")["user"]["username"] == "rita"
    found = world.root.get("/keys", fingerprint=f"SHA256:{digest}")
    assert (found["title"], found["user"]["username"]) == ("laptop", "rita")
    other = base64.b64encode(b"other").decode()
    world.mia.post(f"{world.path}/deploy_keys", title="ci", key=f"ssh-rsa {other}")
    digest = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    found = world.root.get("/keys", fingerprint=f"SHA256:{digest}")
    assert found["deploy_keys_projects"][0]["project_id"] == world.project["id"]
    world.root.get("/keys", 404, fingerprint="SHA256:none")
    world.root.get("/keys/99", 404)
    world.mia.get(f"/keys/{made['id']}", 403)


def test_deploy_tokens_expire_at_a_time(world: World) -> None:
    """They are sent a day."""
    fields = {"name": "t", "scopes": ["read_registry"], "expires_at": "2026-04-01"}
    made = world.mia.post(f"{world.path}/deploy_tokens", **fields)
    assert made["expires_at"] == "2026-04-01T00:00:00.000Z"
    world.sim.clock.advance(timedelta(days=1))
    assert len(world.root.get("/deploy_tokens")) == 1
    assert sorted(made) == sorted(
        ("id", "name", "username", "expires_at", "scopes", "revoked", "expired", "token")
    )


def test_deploy_tokens_have_names_and_scopes_of_their_own(world: World) -> None:
    """Named by number unless told otherwise; other scopes and unreadable times are refused."""
    path, fields = f"{world.path}/deploy_tokens", {"name": "t", "scopes": ["read_repository"]}
    made = world.mia.post(path, **fields)
    assert (made["username"], made["expires_at"]) == (f"gitlab+deploy-token-{made['id']}", None)
    end = "2027-01-01T10:00:00+01:00"
    made = world.mia.post(path, username="Bar", expires_at=end, **fields)
    assert (made["username"], made["expires_at"]) == ("Bar", "2027-01-01T09:00:00.000Z")
    told = world.mia.post(path, 400, name="t", scopes=["read_repository", "all_access"])
    assert told == {"error": "scopes does not have a valid value"}
    assert world.mia.post(path, 400, expires_at="foo", **fields) == {
        "error": "expires_at is invalid"
    }


def test_templates_of_files(world: World) -> None:
    """Whoever asks gets them; licences are made out for somebody."""
    for kind in ("dockerfiles", "gitignores", "gitlab_ci_ymls"):
        (first, *_) = world.client.get(f"/api/v4/templates/{kind}").json()
        assert first["key"] == first["name"]
        assert world.root.get(f"/templates/{kind}/{first['key']}")["content"]
        world.root.get(f"/templates/{kind}/Nothing", 404)
    assert len(world.root.get("/templates/licenses", popular=True)) == 3
    made = world.root.get("/templates/licenses/MIT", fullname="Ada", project="Cups")
    assert "Ada, for Cups" in made["content"]
    assert world.root.get("/templates/licenses/none", 404) == {"message": "404 License Not Found"}
    world.root.get("/templates/mugs", 404)


def test_templates_of_a_project(code: World) -> None:
    """For issues and merge requests from its repository, all others as everybody's."""
    path = f"{code.path}/templates"
    folder = ".gitlab/issue_templates"
    actions = [
        {"action": "create", "file_path": f"{folder}/{name}", "content": "Steps\n"}
        for name in ("Bug.md", "more/Odd.md", "a.txt")
    ]
    commit(code, "root", "main", "Add templates", actions)
    assert code.rita.get(f"{path}/issues") == [{"key": "Bug", "name": "Bug"}]
    assert code.rita.get(f"{path}/issues/Bug") == {"name": "Bug", "content": "Steps\n"}
    assert code.rita.get(f"{path}/issues/Odd", 404) == {"message": "404 Template Not Found"}
    assert code.rita.get(f"{path}/merge_requests") == []
    assert {"key": "mit", "name": "MIT License"} in code.rita.get(f"{path}/licenses")
    assert "Ada" in code.rita.get(f"{path}/licenses/mit", fullname="Ada")["content"]
    assert code.rita.get(f"{path}/gitignores/Go")["content"]
    code.rita.get(f"{path}/mugs", 400)
    code.people["nobody"].get(f"{path}/issues", 404)
    source = code.project["id"]
    assert code.rita.get(f"{path}/issues/Bug", source_template_project_id=source)["name"] == "Bug"


def test_calls_are_limited_where_an_administrator_wants_it(world: World) -> None:
    """For each user alone, until the period is over; who has no token counts apart."""
    at = "/application/settings"
    limit = "throttle_authenticated_api"
    wrong = world.root.put(at, 400, throttle_authenticated_api_period_in_seconds=0)
    assert wrong["message"] == {f"{limit}_period_in_seconds": ["must be greater than 0"]}
    world.root.put(at, **{f"{limit}_requests_per_period": "2", f"{limit}_period_in_seconds": 120})
    assert world.root.put(at, throttle_authenticated_api_enabled="true")[f"{limit}_enabled"] is True
    for _ in range(2):
        world.rita.get("/user")
    answer = world.client.get("/api/v4/user", headers={"PRIVATE-TOKEN": world.rita.token or ""})
    assert (answer.status_code, answer.text) == (429, "Retry later\n")
    told = {name: text for name, text in answer.headers.items() if name.startswith("ratelimit")}
    assert told.pop("ratelimit-reset").isdecimal()
    assert told == {
        "ratelimit-limit": "1",
        "ratelimit-name": limit,
        "ratelimit-observed": "3",
        "ratelimit-remaining": "0",
    }
    world.pia.get("/user")
    assert world.client.get("/api/v4/projects").status_code == 200
    world.sim.clock.advance(timedelta(seconds=int(answer.headers["retry-after"])))
    world.rita.get("/user")
    world.root.put(at, throttle_authenticated_api_enabled=False, default_projects_limit=0)
    world.rita.get("/user")
    world.rita.get("/user")
