"""The resources that any client may ask for, beside those that the bot needs."""

import io
import tarfile
import zipfile
from typing import Any

import gitlab
import pytest

from bot.simulator import Simulator, serve
from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request

PNG = b"\x89PNG\r\n\x1a\nnot really"


def test_outside_of_the_api(world: World) -> None:
    """Health is answered, GraphQL says clearly that it is not there."""
    assert world.client.get("/-/health").text == "GitLab OK"
    assert world.client.get("/-/readiness").json() == {"status": "ok"}
    answer = world.client.post("/api/graphql", json={"query": "{ currentUser { id } }"})
    assert answer.status_code == 404
    assert "REST" in answer.json()["errors"][0]["message"]


def test_instance_has_licence_and_settings(world: World) -> None:
    """Premium has a licence, Free none; settings are kept; both are for administrators."""
    assert world.root.get("/license")["plan"] == "premium"
    world.sim.tier = "free"
    world.root.get("/license", 404)
    assert world.root.put("/application/settings", signup_enabled=False)["signup_enabled"] is False
    world.olga.get("/application/settings", 403)


def test_markdown_is_rendered(world: World) -> None:
    """As plain CommonMark; markup in it stays text."""
    assert world.rita.post("/markdown", text="**a** <b>")["html"] == (
        "<p><strong>a</strong> &lt;b&gt;</p>\n"
    )
    assert world.rita.post("/markdown", 400) == {"error": "text is missing"}


def test_users_are_moderated(world: World) -> None:
    """Each step needs the right state before; a second block answers null."""
    path = f"/users/{world.pia.id}"
    world.root.post(f"{path}/block")
    assert world.root.post(f"{path}/block") is None
    world.root.post(f"{path}/ban", 403)
    world.root.post(f"{path}/unblock")
    world.root.post(f"{path}/ban")
    assert world.root.get(path)["state"] == "banned"
    world.pia.get("/user", 403)
    world.root.post(f"{path}/unban")
    world.root.post(f"{path}/unban", 403)
    world.root.post(f"{path}/deactivate")
    world.root.post(f"{path}/unblock", 403)
    assert world.root.post(f"{path}/activate") is True
    world.root.post(f"/users/{world.root.id}/block", 403)


def test_users_are_filtered_and_sorted(world: World) -> None:
    """By state and kind, in the order asked for; nobody lists them without a token."""
    names = [u["username"] for u in world.root.get("/users", order_by="username", sort="asc")]
    assert names == sorted(names)
    assert [u["username"] for u in world.root.get("/users", admins=True)] == ["root"]
    assert world.root.get("/users", humans=True, exclude_humans=True) == []
    assert world.root.get("/users", created_before="2001-01-01T00:00:00Z") == []
    assert world.client.get("/api/v4/users").status_code == 403
    assert len(world.client.get("/api/v4/users?username=ROOT").json()) == 1


def test_only_owner_of_a_group_is_not_removed_lightly(world: World) -> None:
    """409, unless `hard_delete` takes the group along."""
    group = world.pia.post("/groups", name="Own", path="own")
    world.root.delete(f"/users/{world.pia.id}", 409)
    world.root.delete(f"/users/{world.pia.id}?hard_delete=true")
    world.root.get(f"/groups/{group['id']}", 404)


def test_profile_and_identities(world: World) -> None:
    """What is set is shown; an identity can be taken away."""
    path = f"/users/{world.pia.id}"
    changed = world.root.put(path, bio="Plans.", note="for us", provider="saml", extern_uid="7")
    assert (changed["bio"], changed["note"]) == ("Plans.", "for us")
    assert "note" not in world.pia.get("/user")
    assert [entry["provider"] for entry in changed["identities"]] == ["saml"]
    world.root.delete(f"{path}/identities/saml")
    world.root.delete(f"{path}/identities/saml", 404)


def test_status_of_a_person(world: World) -> None:
    """Everybody sets their own; PUT empties what is not sent, PATCH keeps it."""
    world.rita.put("/user/status", emoji="coffee", message="Back soon")
    assert world.olga.get("/users/rita/status")["message"] == "Back soon"
    world.rita.call("PATCH", "/user/status", 200, json={"message": "Here"})
    assert world.rita.get("/user/status")["emoji"] == "coffee"
    world.rita.put("/user/status", message="Gone")
    assert world.rita.get("/user/status")["emoji"] == "speech_balloon"
    world.rita.put("/user/status")
    assert world.rita.get("/user/status")["emoji"] is None


def test_impersonation_tokens(world: World) -> None:
    """Administrators act as the user; the user does not see the token; it can be revoked."""
    base = f"/users/{world.rita.id}/impersonation_tokens"
    made = world.root.post(base, name="help", scopes=["api"])
    assert made["impersonation"] is True
    headers = {"PRIVATE-TOKEN": made["token"]}
    user = world.client.get("/api/v4/user", headers=headers).json()
    assert user["username"] == "rita"
    assert [t["id"] for t in world.root.get(base, state="active")] == [made["id"]]
    assert made["id"] not in [t["id"] for t in world.rita.get("/personal_access_tokens")]
    own = "/api/v4/personal_access_tokens/self"
    assert world.client.delete(own, headers=headers).status_code == 400
    world.root.delete(f"{base}/{made['id']}")
    assert world.root.get(base, state="active") == []
    assert world.client.get("/api/v4/user", headers=headers).status_code == 401
    world.rita.get(base, 403)


@pytest.mark.parametrize("kind", ["users", "groups", "projects"])
def test_pictures_are_served(world: World, kind: str) -> None:
    """An uploaded avatar is found under the address in the answer; empty text removes it."""
    number = {"users": world.pia.id, "groups": world.group["id"], "projects": world.project["id"]}
    path = f"/{kind}/{number[kind]}"
    shown = world.root.call("PUT", path, 200, files={"avatar": ("a.png", PNG, "image/png")})
    address = shown["avatar_url"].removeprefix(world.sim.url)
    assert world.client.get(address).content == PNG
    world.root.put(path, 400, avatar="text")
    assert not str(world.root.put(path, avatar="")["avatar_url"]).startswith(world.sim.url)
    assert world.client.get(address).status_code == 404


ROOT = "Administrator (gitlab.test)"

KEPT = [
    ("/user/keys", {"title": "laptop", "key": f"ssh-ed25519 AAAA {ROOT}"}, None),
    ("/user/emails", {"email": "second@x.test"}, None),
    ("/projects/1/badges", {"link_url": "http://a.b", "image_url": "http://a.c"}, {"name": "n"}),
    ("/projects/1/variables", {"key": "K", "value": "v"}, {"raw": True}),
    ("/projects/1/triggers", {"description": "nightly"}, {"description": "daily"}),
    ("/projects/1/deploy_keys", {"title": "ci", "key": "ssh-rsa AAAA"}, {"can_push": True}),
    ("/projects/1/deploy_tokens", {"name": "t", "scopes": ["read_registry"]}, None),
    ("/projects/1/remote_mirrors", {"url": "https://x.test/a.git"}, {"enabled": True}),
    ("/admin/ci/variables", {"key": "K", "value": "v"}, {"value": "w"}),
    ("/hooks", {"url": "http://x.test"}, {"push_events": True}),
    ("/broadcast_messages", {"message": "hello"}, {"color": "#444444"}),
]


@pytest.mark.parametrize(("path", "fields", "change"), KEPT, ids=[case[0] for case in KEPT])
def test_small_things_are_kept(
    world: World, path: str, fields: dict[str, Any], change: dict[str, Any] | None
) -> None:
    """Made, listed, read, changed and removed; what is needed must be there."""
    world.root.post(path, 400)
    before = len(world.root.get(path))
    made = world.root.post(path, **fields)
    key = made["key"] if "variables" in path else made["id"]
    assert len(world.root.get(path)) == before + 1
    assert fields.items() <= world.root.get(f"{path}/{key}").items()
    if change:
        assert change.items() <= world.root.put(f"{path}/{key}", **change).items()
    world.root.delete(f"{path}/{key}")
    world.root.get(f"{path}/{key}", 404)


def test_kept_things_have_rights(world: World) -> None:
    """Variables are for Maintainers, and each has a key of its own."""
    world.dora.get(f"{world.path}/variables", 403)
    assert world.mia.get(f"{world.path}/variables") == []
    twice = {"key": "K", "value": "v"}
    world.mia.post(f"{world.path}/variables", **twice)
    refused = world.mia.post(f"{world.path}/variables", 400, **twice)
    assert refused["message"] == {"key": ["(K) has already been taken"]}


def test_variables_are_told_apart_by_environment(world: World) -> None:
    """One key may come again for other environments; then `filter` has to say which."""
    path = f"{world.path}/variables"
    for scope in ("prod", "test"):
        world.mia.post(path, key="K", value=scope, environment_scope=scope)
    refused = world.mia.get(f"{path}/K", 409)["message"]
    assert refused.startswith("There are multiple variables with provided parameters.")
    prod = {"filter[environment_scope]": "prod"}
    assert world.mia.get(f"{path}/K", **prod)["value"] == "prod"
    world.mia.put(f"{path}/K?filter[environment_scope]=prod", 400, environment_scope="test")
    world.mia.put(f"{path}/K?filter[environment_scope]=prod", value="new")
    assert [e["value"] for e in world.mia.get(path)] == ["new", "test"]
    world.mia.delete(f"{path}/K?filter[environment_scope]=prod")
    assert world.mia.get(f"{path}/K")["value"] == "test"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"key": "A-B", "value": "v"}, "key"),
        ({"key": "K", "value": "short", "masked": True}, "value"),
        ({"key": "K", "value": "with a blank", "masked": True, "raw": True}, "value"),
        ({"key": "K", "value": "dollars$$", "masked": True}, "value"),
    ],
)
def test_bad_variable_is_refused(world: World, sent: dict[str, Any], field: str) -> None:
    """Keys are words; what is to be masked is one word of eight signs, simple ones unless raw."""
    assert list(world.mia.post(f"{world.path}/variables", 400, **sent)["message"]) == [field]
    world.mia.post(f"{world.path}/variables", key="K", value="dollars$$", masked=True, raw=True)


def test_hidden_variable_stays_hidden(world: World) -> None:
    """Its value is never told again, and it cannot be unmasked."""
    path = f"{world.path}/variables"
    made = world.mia.post(path, key="K", value="longsecret", masked_and_hidden=True)
    assert (made["value"], made["masked"], made["hidden"]) == (None, True, True)
    refused = world.mia.put(f"{path}/K", 400, masked=False)["message"]["base"]
    assert refused[0].startswith("The visibility setting cannot be changed")
    assert world.mia.put(f"{path}/K", value="othersecret")["value"] is None


def test_variables_show_what_is_documented(world: World) -> None:
    """Those of the instance know no environments; in groups these need Premium."""
    made = world.root.post("/admin/ci/variables", key="K", value="v")
    names = ("description", "key", "masked", "protected", "raw", "value", "variable_type")
    assert tuple(sorted(made)) == names
    missing = world.root.get("/admin/ci/variables/X", 404)
    assert missing == {"message": "404 InstanceVariable Not Found"}
    path = f"/groups/{world.group['id']}/variables"
    fields = {"key": "K", "value": "v", "environment_scope": "prod"}
    assert world.root.post(path, **fields)["environment_scope"] == "prod"
    world.sim.tier = "free"
    assert world.root.post(path, **fields)["environment_scope"] == "*"


def test_badges_are_filled_in(code: World) -> None:
    """With the words of the project, in a group with those of its oldest one."""
    link, image = "https://x.test/%{project_path}?ref=%{default_branch}", "https://x.test/%{none}"
    fields = {"name": "Docs", "link_url": link, "image_url": image}
    made = code.mia.post(f"{code.path}/badges", **fields)
    filled = {"rendered_link_url": "https://x.test/team/proj?ref=main", "rendered_image_url": image}
    assert made == fields | filled | {"id": made["id"], "kind": "project"}
    words = "%{project_namespace}/%{group_name}/%{project_name}/%{project_title}/%{project_id}"
    urls = {
        "link_url": f"https://%{{gitlab_server}}/{words}",
        "image_url": "http://a/%{commit_sha}",
    }
    shown = code.mia.get(f"{code.path}/badges/render", **urls)
    head = code.mia.get(f"{code.path}/repository/branches/main")["commit"]["id"]
    assert shown["rendered_link_url"].endswith(f"/team/team/proj/Proj/{code.project['id']}")
    assert shown["rendered_image_url"] == f"http://a/{head}"
    assert "id" not in shown
    group = code.root.get(f"/groups/{code.group['id']}/badges/render", **urls)
    assert group["rendered_link_url"] == shown["rendered_link_url"]
    empty = code.root.post("/groups", name="Empty", path="empty")["id"]
    assert (
        code.root.get(f"/groups/{empty}/badges/render", **urls)["rendered_link_url"]
        == (urls["link_url"])
    )


def test_badges_of_groups_stand_in_projects(world: World) -> None:
    """All who see the project see them; they are changed where they belong."""
    urls = {"link_url": "http://a.b", "image_url": "http://a.c"}
    group, path = f"/groups/{world.group['id']}/badges", f"{world.path}/badges"
    above = world.root.post(group, **urls, name="All")
    own = world.mia.post(path, **urls)
    shown = world.gus.get(path)
    assert [(e["id"], e["kind"]) for e in shown] == [(above["id"], "group"), (own["id"], "project")]
    assert [e["id"] for e in world.gus.get(path, name="All")] == [above["id"]]
    assert len(world.root.get(group)) == 1
    world.mia.get(f"{path}/{above['id']}", 404)
    world.mia.delete(f"{path}/{above['id']}", 403)
    world.mia.post(group, 403, **urls)
    world.gus.post(path, 403, **urls)
    world.dora.get(f"{path}/render", 403, **urls)
    assert world.mia.put(f"{path}/{own['id']}", name="Own")["link_url"] == "http://a.b"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://a.b", "is blocked: Only allowed schemes are http, https"),
        ("HTTPS://a.b", "is blocked: Only allowed schemes are http, https"),
        ("http://", "is blocked: URI is invalid"),
        (" ", "must be a valid URL"),
    ],
)
def test_badges_lead_into_the_web(world: World, url: str, why: str) -> None:
    """Schemes are compared letter by letter, and more than a scheme is needed."""
    sent = {"link_url": url, "image_url": " http://a.c "}
    refused = world.mia.post(f"{world.path}/badges", 400, **sent)
    assert refused["message"] == {"link_url": [why]}


def test_custom_attributes_filter_lists(world: World) -> None:
    """Administrators put them on users, groups and projects, and find these by them."""
    for kind, number in (("users", world.pia.id), ("groups", world.group["id"]), ("projects", 1)):
        path = f"/{kind}/{number}/custom_attributes"
        assert world.root.put(f"{path}/team", value="red") == {"key": "team", "value": "red"}
        assert world.root.get(path) == [{"key": "team", "value": "red"}]
        wanted = {"custom_attributes[team]": "red"}
        assert [entry["id"] for entry in world.root.get(f"/{kind}", **wanted)] == [number]
        assert world.root.get(f"/{kind}", **{"custom_attributes[team]": "blue"}) == []
        world.root.delete(f"{path}/team")
        world.root.get(f"{path}/team", 404)
        world.olga.get(path, 403)


def test_notification_settings(world: World) -> None:
    """Each for themselves, here and everywhere."""
    assert world.rita.put("/notification_settings", level="watch")["level"] == "watch"
    assert world.olga.get("/notification_settings")["level"] == "participating"
    path = f"{world.path}/notification_settings"
    world.rita.put(path, 400, level="loud")
    assert world.rita.put(path, level="disabled") == {"level": "disabled"}


def test_forks_and_stars(code: World) -> None:
    """A fork has the code and names its origin; stars count once."""
    world = code
    fork = world.dora.post(f"{world.path}/fork", name="Mine", path="mine")
    assert fork["forked_from_project"]["id"] == 1
    assert fork["path_with_namespace"] == "dora/mine"
    assert world.dora.get(f"/projects/{fork['id']}/repository/branches")
    assert [p["id"] for p in world.dora.get(f"{world.path}/forks")] == [fork["id"]]
    assert world.dora.get(world.path)["forks_count"] == 1
    world.dora.post(f"{world.path}/fork", 409, path="mine")
    assert world.rita.post(f"{world.path}/star")["star_count"] == 1
    world.rita.post(f"{world.path}/star", 304)
    assert world.rita.get(f"{world.path}/starrers")[0]["user"]["username"] == "rita"
    assert world.rita.post(f"{world.path}/unstar")["star_count"] == 0


def test_merge_request_from_a_fork(code: World) -> None:
    """It stands in the project of origin and can be merged there."""
    world = code
    fork = world.dora.post(f"{world.path}/fork")
    at = f"/projects/{fork['id']}"
    change = {"branch": "fix", "start_branch": "main", "commit_message": "Fix"}
    action = {"action": "create", "file_path": "fix.md", "content": "fixed"}
    world.dora.post(f"{at}/repository/commits", **change, actions=[action])
    fields = {"source_branch": "fix", "target_branch": "main", "title": "Fix"}
    made = world.dora.post(f"{at}/merge_requests", target_project_id=1, **fields)
    assert (made["project_id"], made["source_project_id"]) == (1, fork["id"])
    merged = world.mia.put(f"{world.path}/merge_requests/{made['iid']}/merge")
    assert merged["state"] == "merged"
    assert world.dora.get(f"{world.path}/repository/files/fix.md", ref="main")["size"] == 5


def from_fork(code: World) -> Any:
    """A merge request from Dora's fork, whose branch `fix` has one commit more."""
    fork = code.dora.post(f"{code.path}/fork")
    fields = {"branch": "fix", "start_branch": "main", "commit_message": "Fix"}
    action = {"action": "create", "file_path": "fix.md", "content": "fixed"}
    at = f"/projects/{fork['id']}"
    code.dora.post(f"{at}/repository/commits", **fields, actions=[action])
    sent = {"source_branch": "fix", "target_branch": "main", "title": "Fix"}
    return code.dora.post(f"{at}/merge_requests", target_project_id=1, **sent)


def test_target_knows_the_commits_of_a_fork(code: World) -> None:
    """From the merge request on, by their ids and as its ref, though no branch has them."""
    made = from_fork(code)
    repository = f"{code.path}/repository"
    for name in (made["sha"], "refs%2Fmerge-requests%2F1%2Fhead"):
        at = f"{repository}/commits/{name}"
        assert code.rita.get(at)["id"] == made["sha"]
        assert code.rita.get(f"{at}/statuses") == []
        assert [item["iid"] for item in code.rita.get(f"{at}/merge_requests")] == [1]
        assert code.rita.get(f"{at}/refs") == []
    for ref in (made["sha"], "refs/merge-requests/1/head"):
        assert code.rita.get(f"{repository}/files/fix.md", ref=ref)["size"] == 5
        compared = code.rita.get(f"{repository}/compare", **{"from": "main", "to": ref})
        assert [entry["title"] for entry in compared["commits"]] == ["Fix"]
    counted = code.mia.get(code.path, statistics=True)["statistics"]["commit_count"]
    assert counted == len(code.rita.get(f"{repository}/commits"))


def test_ref_of_a_request_follows_its_branch(code: World) -> None:
    """What the fork pushes arrives in the target; what it has besides does not."""
    made = from_fork(code)
    at = f"/projects/{made['source_project_id']}/repository/commits"
    action = {"action": "create", "file_path": "more.md", "content": "more"}
    sent = {"commit_message": "More", "actions": [action]}
    more = code.dora.post(at, branch="fix", **sent)["id"]
    other = code.dora.post(at, branch="other", start_branch="main", **sent)["id"]
    known = f"{code.path}/repository/commits"
    assert code.rita.get(f"{known}/refs%2Fmerge-requests%2F1%2Fhead")["id"] == more
    assert code.rita.get(f"{known}/{made['sha']}")["id"] == made["sha"]
    code.rita.get(f"{known}/{other}", 404)
    code.rita.get(f"{known}/refs%2Fmerge-requests%2F2%2Fhead", 404)


def test_settings_are_kept(world: World) -> None:
    """Of projects and groups, by type; unknown choices are refused, unknown names are nothing."""
    fields = {"merge_method": "ff", "build_timeout": 600, "autoclose_referenced_issues": False}
    changed = world.mia.put(world.path, **fields, unheard_of=1)
    assert fields.items() <= changed.items()
    assert "unheard_of" not in changed
    refused = world.mia.put(world.path, 400, merge_method="hope")
    assert refused == {"error": "merge_method does not have a valid value"}
    group = world.root.put(f"/groups/{world.group['id']}", project_creation_level="maintainer")
    assert group["project_creation_level"] == "maintainer"
    assert world.client.get("/api/v4/users/1").status_code == 403


def test_uploads(world: World) -> None:
    """The answer has the Markdown for the file; without a file it is refused."""
    path = f"{world.path}/uploads"
    made = world.rita.call("POST", path, 201, files={"file": ("a.txt", b"x", "text/plain")})
    assert made["markdown"] == f"[a.txt]({made['url']})"
    world.rita.post(path, 400, file="text")


def test_first_branch_of_an_empty_project(world: World) -> None:
    """GitLab puts an empty README on the default branch first; bad names are refused."""
    path = f"{world.path}/repository/branches"
    made = world.dora.post(path, branch="topic", ref="main")
    assert made["commit"]["title"] == "Add README.md"
    assert [entry["name"] for entry in world.dora.get(path)] == ["main", "topic"]
    for name in ("a b", "a..b", "x.lock", "-x", "a~1", "refs/heads/x"):
        world.dora.post(path, 400, branch=name, ref="main")
    said = world.dora.post(path, 400, branch="new", ref="none")
    assert said["message"] == "Failed to create branch 'new': invalid reference name 'none'"


def test_cherry_pick_and_revert(code: World) -> None:
    """A commit again on another branch, and its opposite; nothing new is an error."""
    world = code
    commits = f"{world.path}/repository/commits"
    world.dora.post(f"{world.path}/repository/branches", branch="side", ref="main")
    action = {"action": "create", "file_path": "new.md", "content": "new"}
    change = {"branch": "side", "commit_message": "Add new", "actions": [action]}
    made = world.dora.post(commits, **change)
    picked = world.mia.post(f"{commits}/{made['id']}/cherry_pick", branch="main")
    assert picked["message"] == f"Add new\n\n(cherry picked from commit {made['id']})"
    again = world.mia.post(f"{commits}/{made['id']}/cherry_pick", 400, branch="main")
    assert again["error_code"] == "empty"
    world.dora.post(f"{commits}/{made['id']}/cherry_pick", 403, branch="main")
    reverted = world.mia.post(f"{commits}/{picked['id']}/revert", branch="main")
    assert reverted["title"].startswith('Revert "Add new')
    world.root.get(f"{world.path}/repository/files/new.md", 404, ref="main")


def test_comments_and_threads_on_a_commit(code: World) -> None:
    """Comments show in threads and threads in comments; only the author changes a note."""
    world = code
    sha = world.dora.get(f"{world.path}/repository/commits")[0]["id"]
    at = f"{world.path}/repository/commits/{sha}"
    assert world.rita.post(f"{at}/comments", note="Nice")["note"] == "Nice"
    thread = world.rita.post(f"{at}/discussions", body="Why?")
    note = world.dora.post(f"{at}/discussions/{thread['id']}/notes", body="Because")
    path = f"{at}/discussions/{thread['id']}/notes/{note['id']}"
    world.rita.put(path, 403, body="Never mind")
    assert world.dora.put(path, body="See docs")["body"] == "See docs"
    assert [c["note"] for c in world.rita.get(f"{at}/comments")] == ["Nice", "Why?", "See docs"]
    world.dora.delete(path)
    assert len(world.rita.get(f"{at}/discussions/{thread['id']}")["notes"]) == 1


def test_archives(code: World) -> None:
    """The tree as one file, the same bytes each time; unknown kinds are unknown paths."""
    world = code
    base = f"/api/v4{world.path}/repository/archive"
    headers = {"PRIVATE-TOKEN": world.dora.token or ""}
    packed = world.client.get(base, headers=headers).content
    assert packed == world.client.get(f"{base}?sha=main", headers=headers).content
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        assert [name.rsplit("/", 1)[-1] for name in archive.getnames()] == ["README.md"]
    assert zipfile.is_zipfile(io.BytesIO(world.client.get(f"{base}.zip", headers=headers).content))
    assert world.client.get(f"{base}.rar", headers=headers).status_code == 404


def test_approval_rules(code: World) -> None:
    """Premium rules say how many must approve, and of whom; a request's own go before."""
    world = code
    item = new_request(world)
    at = f"{world.path}/merge_requests/{item['iid']}"
    rule = world.mia.post(
        f"{world.path}/approval_rules",
        name="Two eyes",
        approvals_required=1,
        user_ids=[world.mia.id],
    )
    assert world.dora.get(at)["detailed_merge_status"] == "not_approved"
    world.dora.post(f"{at}/approve")
    assert world.dora.get(f"{at}/approvals")["approvals_left"] == 1
    world.mia.post(f"{at}/approve")
    state = world.dora.get(f"{at}/approval_state")
    assert [(r["name"], r["approved"]) for r in state["rules"]] == [("Two eyes", True)]
    assert world.dora.get(at)["detailed_merge_status"] == "mergeable"
    path = f"{world.path}/approval_rules/{rule['id']}"
    assert world.mia.put(path, approvals_required=2)["approvals_required"] == 2
    world.dora.put(path, 403, approvals_required=0)
    world.mia.delete(path)
    assert world.mia.get(f"{world.path}/approval_rules") == []
    world.sim.tier = "free"
    world.mia.get(f"{world.path}/approval_rules", 404)


CI = """
in requests:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script: sleep 1
"""


def test_merge_requests_start_pipelines(code: World) -> None:
    """Where the CI file has a job for them; the pipeline waits for a runner for ever."""
    world = code
    action = {"action": "create", "file_path": ".gitlab-ci.yml", "content": CI}
    change = {"branch": "ci", "start_branch": "main", "commit_message": "CI", "actions": [action]}
    world.dora.post(f"{world.path}/repository/commits", **change)
    assert world.dora.get(f"{world.path}/pipelines") == []
    item = new_request(world, source_branch="ci")
    at = f"{world.path}/merge_requests/{item['iid']}"
    assert world.dora.get(at)["head_pipeline"]["status"] == "pending"
    waiting = world.mia.put(f"{at}/merge", merge_when_pipeline_succeeds=True)
    assert (waiting["state"], waiting["merge_when_pipeline_succeeds"]) == ("opened", True)
    done = world.mia.post(f"{at}/cancel_merge_when_pipeline_succeeds")
    assert done == {"status": "success"}


def test_release_links(code: World) -> None:
    """They stand among the release's assets; names and addresses are used once."""
    world = code
    link = {"name": "Notes", "url": "https://example.com/notes"}
    fields = {"tag_name": "v1", "ref": "main", "assets": {"links": [link]}}
    assert world.dora.post(f"{world.path}/releases", **fields)["assets"]["count"] == 5
    path = f"{world.path}/releases/v1/assets/links"
    world.dora.post(path, 400, **link)
    number = world.dora.get(path)[0]["id"]
    assert world.dora.put(f"{path}/{number}", name="News")["name"] == "News"
    world.dora.delete(f"{path}/{number}", 200)
    assert world.dora.get(f"{world.path}/releases/v1")["assets"]["links"] == []


def test_keyset_where_it_is_documented() -> None:
    """A well-known client walks through users and projects; other lists answer 405."""
    with serve(Simulator(root_token="root-token-0123456789")) as served:
        root = gitlab.Gitlab(served.url, private_token="root-token-0123456789")
        for number in range(5):
            root.projects.create({"name": f"p{number}"})
        keyset: dict[str, Any] = {"pagination": "keyset", "per_page": 2, "iterator": True}
        names = [p.name for p in root.projects.list(order_by="id", sort="asc", **keyset)]
        assert names == [f"p{number}" for number in range(5)]
        assert [u.username for u in root.users.list(order_by="id", **keyset)] == ["root"]
        with pytest.raises(gitlab.GitlabListError, match="Keyset pagination is not yet"):
            list(root.projects.list(order_by="name", **keyset))


def test_search(code: World) -> None:
    """Every word counts; each kind has its own scope; nobody finds what they may not see."""
    world = code
    issue = world.issue(title="Blue whale")
    secret = world.issue(title="Blue moon", confidential=True)
    item = new_request(world, title="Paint it blue")
    found = world.mia.get("/search", scope="issues", search="blue")
    assert {entry["id"] for entry in found} == {issue["id"], secret["id"]}
    found = world.gus.get(f"{world.path}/search", scope="issues", search="blue")
    assert [entry["id"] for entry in found] == [issue["id"]]
    found = world.dora.get(
        f"/groups/{world.group['id']}/search", scope="merge_requests", search="it blue"
    )
    assert [entry["iid"] for entry in found] == [item["iid"]]
    assert world.dora.get("/search", scope="projects", search="proj")[0]["id"] == 1
    assert (
        world.dora.get(f"{world.path}/search", scope="users", search="ri")[0]["username"] == "rita"
    )
    assert world.dora.get("/search", scope="milestones", search="v9") == []
    refused = world.dora.get("/search", 400, scope="blobs", search="x")
    assert "advanced search" in refused["error"]
    world.dora.get("/search", 400, scope="issues")
    world.dora.get("/search", 400, scope="nothing", search="x")


def test_searches_are_not_counted_and_show_less(world: World) -> None:
    """Issues without their links and references, as in milestones and links; no totals."""
    stone = world.rita.post(f"{world.path}/milestones", title="blue")
    one = world.issue(title="Blue", milestone_id=stone["id"])
    two = world.issue(title="Bluer")
    headers = {"PRIVATE-TOKEN": str(world.rita.token)}
    path = "/api/v4/search?scope=issues&search=blue&per_page=1"
    answer = world.client.get(path, headers=headers)
    assert (answer.headers["x-next-page"], answer.headers["x-search-type"]) == ("2", "basic")
    assert "x-total" not in answer.headers
    ends = {"target_project_id": 1, "target_issue_iid": two["iid"]}
    link = world.rita.post(f"{world.at(one)}/links", **ends)
    assert set(link) == {"id", "source_issue", "target_issue", "link_type"}
    basic = world.rita.get(f"{world.path}/milestones/{stone['id']}/issues")[0]
    for shown in (answer.json()[0], basic, link["source_issue"]):
        assert set(shown) < set(one)
        assert not {"_links", "references", "severity", "subscribed"} & set(shown)
    assert "subscribed" not in world.rita.get(f"{world.at(one)}/links")[0]
    for feature in ("issues", "merge_requests"):
        world.root.put(world.path, **{f"{feature}_access_level": "disabled"})
    assert world.rita.get("/search", scope="milestones", search="blue") == []


def test_more_of_a_merge_request(code: World) -> None:
    """Reviewers with their state, versions, plain differences, related issues."""
    world = code
    issue = world.issue()
    item = new_request(world, description=f"See #{issue['iid']}", reviewer_ids=[world.mia.id])
    at = f"{world.path}/merge_requests/{item['iid']}"
    world.mia.post(f"{at}/approve")
    assert [r["state"] for r in world.dora.get(f"{at}/reviewers")] == ["approved"]
    assert [i["iid"] for i in world.dora.get(f"{at}/related_issues")] == [issue["iid"]]
    version = world.dora.get(f"{at}/versions")[0]
    assert len(world.dora.get(f"{at}/versions/{version['id']}")["diffs"]) == 1
    world.dora.get(f"{at}/versions/999", 404)
    headers = {"PRIVATE-TOKEN": world.dora.token or ""}
    text = world.client.get(f"/api/v4{at}/raw_diffs", headers=headers).text
    assert text.startswith("diff --git a/docs/page.md b/docs/page.md\n")
    assert "+two" in text


def test_more_of_a_pipeline(code: World) -> None:
    """No jobs, no report; Owners remove it."""
    world = code
    made = world.dora.post(f"{world.path}/pipeline", ref="topic")
    path = f"{world.path}/pipelines/{made['id']}"
    for name in ("jobs", "bridges", "variables"):
        assert world.dora.get(f"{path}/{name}") == []
    assert world.dora.get(f"{path}/test_report")["total_count"] == 0
    assert world.dora.get(f"{world.path}/jobs") == []
    world.mia.delete(path, 403)
    world.olga.delete(path)
    world.dora.get(path, 404)


WRONG = [
    ("GET", "/projects/1/issues/abc", {}, "issue_iid is invalid"),
    ("GET", "/projects/1/merge_requests/abc", {}, "merge_request_iid is invalid"),
    ("GET", "/projects/1/repository/files/a", {}, "ref is missing"),
    (
        "POST",
        "/projects/1/repository/files/a",
        {},
        "branch is missing, commit_message is missing, content is missing",
    ),
    ("GET", "/projects/1/repository/compare", {}, "from is missing, to is missing"),
    (
        "POST",
        "/projects/1/repository/commits",
        {"branch": "topic", "commit_message": "x", "actions": [{"action": "a", "file_path": "b"}]},
        "actions[0][action] does not have a valid value",
    ),
    (
        "POST",
        "/projects/1/repository/commits",
        {"branch": "topic", "commit_message": "x", "actions": [{}]},
        "actions[0][action] is missing, actions[0][file_path] is missing",
    ),
    ("GET", "/projects?per_page=0", {}, "per_page has a value not allowed"),
]


@pytest.mark.parametrize(("method", "path", "body", "problem"), WRONG)
def test_wrong_parameters(
    code: World, method: str, path: str, body: dict[str, Any], problem: str
) -> None:
    """400, with GitLab's words under `error`."""
    assert code.dora.call(method, path, 400, json=body) == {"error": problem}


def test_contributors(code: World) -> None:
    """Who wrote how many commits."""
    found = code.dora.get(f"{code.path}/repository/contributors", ref="topic")
    assert {entry["name"]: entry["commits"] for entry in found} == {"Mia": 1, "Dora": 1}


def test_service_accounts(world: World) -> None:
    """Bots of a group or the instance, who act by personal tokens and may be members anywhere."""
    path = f"/groups/{world.group['id']}/service_accounts"
    world.mia.post(path, 403)
    made = world.root.post(path, name="Launches", username="launches")
    assert [account["id"] for account in world.root.get(path)] == [made["id"]]
    tokens = f"{path}/{made['id']}/personal_access_tokens"
    token = world.root.post(tokens, name="t", scopes=["api"])["token"]
    user = world.client.get("/api/v4/user", headers={"PRIVATE-TOKEN": token}).json()
    assert (user["username"], user["bot"]) == ("launches", True)
    changed = world.root.call("PATCH", f"{path}/{made['id']}", 200, json={"name": "Bot"})
    assert changed["name"] == "Bot"
    world.root.post(path, 400, username="launches")
    other = world.root.post("/service_accounts")
    assert other["username"].startswith("service_account_")
    assert len(world.root.get("/service_accounts")) == 2
    world.root.delete(f"{path}/{made['id']}")
    assert world.client.get("/api/v4/user", headers={"PRIVATE-TOKEN": token}).status_code == 401
    world.root.delete(f"{path}/{made['id']}", 404)


@pytest.mark.parametrize(
    ("method", "path", "fields", "error"),
    [
        (
            "PUT",
            "/labels/a",
            {},
            (
                "new_name, color, description, archived, priority are missing,"
                " at least one parameter must be provided"
            ),
        ),
        (
            "POST",
            "/members",
            {"access_level": 30},
            "user_id, username are missing, at least one parameter must be provided",
        ),
        (
            "POST",
            "/members",
            {"access_level": 30, "user_id": 1, "username": "root"},
            "user_id, username are mutually exclusive",
        ),
        (
            "POST",
            "/access_tokens",
            {"name": "t", "scopes": ["api"], "access_level": 7},
            "access_level does not have a valid value",
        ),
        ("GET", "/pipelines?status=odd", {}, "status does not have a valid value"),
        ("GET", "/../../todos?action=odd", {}, "action does not have a valid value"),
        ("GET", "/../?min_access_level=7", {}, "min_access_level does not have a valid value"),
    ],
)
def test_wrong_parameter_is_named(
    world: World, method: str, path: str, fields: dict[str, Any], error: str
) -> None:
    """400 with the key `error`."""
    world.mia.post(f"{world.path}/labels", name="a", color="#112233")
    assert world.mia.call(method, f"{world.path}{path}", 400, json=fields) == {"error": error}


def test_weight_is_not_negative(world: World) -> None:
    """400 from the model."""
    answer = world.rita.post(f"{world.path}/issues", 400, title="x", weight=-1)
    assert answer == {"message": {"weight": ["must be greater than or equal to 0"]}}
