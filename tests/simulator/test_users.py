"""Users, tokens, and who is calling."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulator.conftest import ROOT_TOKEN, World


def test_version_needs_a_token(world: World) -> None:
    """Metadata and version are for signed-in callers only."""
    assert world.root.get("/version")["version"] == "19.2.0-ee"
    assert world.root.get("/metadata")["enterprise"] is True
    assert world.nobody.get("/metadata", 401) == {"message": "401 Unauthorized"}


def test_token_is_taken_from_header_bearer_and_query(world: World) -> None:
    """All documented places work; an unknown token is 401."""
    get = world.client.get
    bearer = get("/api/v4/user", headers={"Authorization": f"Bearer {ROOT_TOKEN}"})
    query = get("/api/v4/user", params={"private_token": ROOT_TOKEN})
    assert bearer.json()["username"] == query.json()["username"] == "root"
    wrong = get("/api/v4/user", headers={"PRIVATE-TOKEN": "wrong"})
    assert (wrong.status_code, wrong.json()) == (401, {"message": "401 Unauthorized"})


def test_username_filter_is_exact_whatever_the_case(world: World) -> None:
    """`username=` finds one user or none; `search=` looks into names, and addresses one may see."""
    assert [u["username"] for u in world.rita.get("/users", username="RITA")] == ["rita"]
    assert world.rita.get("/users", username="rit") == []
    assert [u["username"] for u in world.rita.get("/users", search="rit")] == ["rita"]
    assert [u["username"] for u in world.root.get("/users", search="pia@x.test")] == ["pia"]
    assert world.rita.get("/users", search="pia@x.test") == []


def test_only_administrators_make_users(world: World) -> None:
    """403 for others; missing and taken values are refused."""
    fields: dict[str, Any] = {
        "username": "zoe",
        "name": "Zoe",
        "email": "zoe@x.test",
        "password": "p",
    }
    world.olga.post("/users", 403, **fields)
    missing = world.root.post("/users", 400, username="zoe")
    assert missing == {"error": "email is missing, name is missing"}
    world.root.post("/users", 400, username="zoe", name="Zoe", email="zoe@x.test")
    assert world.root.post("/users", **fields)["state"] == "active"
    assert world.root.post("/users", 409, **fields)["message"].startswith("Email")
    taken = fields | {"email": "zoe2@x.test"}
    assert world.root.post("/users", 409, **taken)["message"].startswith("Username")


def test_users_differ_by_who_looks(world: World) -> None:
    """The address is for administrators and the user; strangers see the public part."""
    assert "email" not in world.rita.get(f"/users/{world.pia.id}")
    assert world.pia.get(f"/users/{world.pia.id}")["email"] == "pia@x.test"
    assert world.root.get(f"/users/{world.pia.id}")["email"] == "pia@x.test"
    assert world.root.get("/user")["is_admin"] is True
    assert world.rita.get("/users/999", 404) == {"message": "404 User Not Found"}
    assert world.rita.get(f"/users/{world.pia.id}/status")["message"] is None


def test_user_can_be_renamed(world: World) -> None:
    """A new name counts at once, also in the personal namespace."""
    path = f"/users/{world.pia.id}"
    assert world.root.put(path, username="pippa", name="Pippa")["username"] == "pippa"
    assert world.root.get("/users", username="pia") == []
    assert world.root.get("/namespaces/pippa")["kind"] == "user"
    world.root.put(path, 409, username="rita")
    world.pia.put(path, 403, name="X")


def test_blocked_user_gets_403(world: World) -> None:
    """A block stops the tokens until it is lifted, and shows in the state."""
    path = f"/users/{world.rita.id}"
    assert world.root.post(f"{path}/block") is True
    world.rita.get("/user", 403)
    assert world.root.get(path)["state"] == "blocked"
    assert [u["username"] for u in world.root.get("/users", blocked=True)] == ["rita"]
    assert world.root.post(f"{path}/unblock") is True
    world.rita.get("/user")
    assert world.root.post(f"{path}/unblock") is False


def test_deleted_user_is_gone(world: World) -> None:
    """Membership and tokens end with the user."""
    world.root.delete(f"/users/{world.gus.id}")
    world.gus.get("/user", 401)
    world.root.get(f"/users/{world.gus.id}", 404)
    members = world.root.get(f"{world.path}/members")
    assert "gus" not in [member["username"] for member in members]


def test_token_tells_about_itself(world: World) -> None:
    """Scopes and expiry, by default a year, are in the self endpoint; the value is not."""
    mine = world.rita.get("/personal_access_tokens/self")
    assert mine["scopes"] == ["api"]
    assert mine["expires_at"] == "2027-03-02"
    assert "token" not in mine
    assert world.rita.get(f"/personal_access_tokens/{mine['id']}")["id"] == mine["id"]
    assert [t["id"] for t in world.rita.get("/personal_access_tokens")] == [mine["id"]]
    found = world.root.get("/personal_access_tokens", user_id=world.rita.id)
    assert [t["id"] for t in found] == [mine["id"]]
    world.rita.get("/personal_access_tokens", 401, user_id=1)
    world.rita.get("/personal_access_tokens/1", 401)
    world.root.get("/personal_access_tokens/99", 404)
    world.nobody.get("/personal_access_tokens/self", 401)


def test_expired_token_is_refused(world: World) -> None:
    """A token ends at the start of its last day, UTC."""
    world.sim.clock.set(datetime(2027, 3, 2, tzinfo=UTC))
    assert world.rita.get("/user", 401)["error"] == "invalid_token"


def test_rotation_kills_the_old_token_at_once(world: World) -> None:
    """The new one lives a week unless told otherwise."""
    new = world.rita.post("/personal_access_tokens/self/rotate", 200)
    assert new["expires_at"] == "2026-03-09"
    world.rita.get("/user", 401)
    world.rita.token = new["token"]
    assert world.rita.get("/user")["username"] == "rita"
    again = world.root.post(f"/personal_access_tokens/{new['id']}/rotate", 200)
    world.root.post(f"/personal_access_tokens/{new['id']}/rotate", 400)
    world.root.delete(f"/personal_access_tokens/{again['id']}")
    world.rita.token = again["token"]
    world.rita.get("/user", 401)


def test_token_can_revoke_itself(world: World) -> None:
    """DELETE on self ends it."""
    world.rita.delete("/personal_access_tokens/self")
    world.rita.get("/user", 401)


def test_scopes_limit_a_token(world: World) -> None:
    """`read_api` reads and does not write; unknown scopes are refused."""
    path = f"/users/{world.rita.id}/personal_access_tokens"
    world.rita.token = world.root.post(path, name="r", scopes=["read_api"])["token"]
    world.rita.get(f"{world.path}/issues")
    refused = world.rita.post(f"{world.path}/issues", 403, title="x")
    assert (refused["error"], refused["scope"]) == ("insufficient_scope", "api read_api")
    world.rita.token = world.root.post(path, name="r", scopes=["read_user"])["token"]
    world.rita.get("/user")
    world.root.post(path, 400, name="r", scopes=["everything"])
    world.root.post(path, 400, name="r", scopes=["api"], expires_at="2030-01-01")
    world.pia.post(path, 403, name="r", scopes=["api"])


def test_administrator_may_act_as_another(world: World) -> None:
    """The Sudo header names whom; nobody else may use it."""
    sudo = world.root.call("GET", "/user", 200, headers={"Sudo": "rita"})
    assert sudo["username"] == "rita"
    by_id = world.root.call("GET", "/user", 200, headers={"Sudo": str(world.rita.id)})
    assert by_id["username"] == "rita"
    world.root.call("GET", "/user", 404, headers={"Sudo": "nobody"})
    world.rita.call("GET", "/user", 403, headers={"Sudo": "root"})


def test_acting_as_another_needs_its_scope(world: World) -> None:
    """A token of an administrator with `api` alone is too narrow."""
    made = world.root.post("/users/1/personal_access_tokens", name="n", scopes=["api"])
    world.root.token = made["token"]
    world.root.get("/users/1")
    refused = world.root.call("GET", "/user", 403, headers={"Sudo": "rita"})
    assert (refused["error"], refused["scope"]) == ("insufficient_scope", "sudo")
    made = world.root.post("/users/1/personal_access_tokens", name="n", scopes=["sudo"])
    world.root.token = made["token"]
    world.root.call("GET", f"{world.path}/issues", 200, headers={"Sudo": "rita"})
    refused = world.root.get("/user", 403)
    assert refused["scope"] == "read_user api read_api"


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("block", "Your account has been blocked."),
        ("ban", "Your account has been blocked."),
        ("deactivate", "Your account has been deactivated by your administrator."),
    ],
)
def test_who_is_shut_out_is_told_why(world: World, step: str, reason: str) -> None:
    """In GitLab's words, which call the banned blocked."""
    world.root.post(f"/users/{world.nora.id}/{step}")
    assert world.nora.get("/user", 403)["message"].startswith(f"403 Forbidden - {reason}")


NARROW = [
    ("read_user", "GET", "/user", 200),
    ("read_user", "GET", "/users", 200),
    ("read_user", "GET", "/users/1", 200),
    ("read_user", "GET", "/projects", 403),
    ("read_user", "GET", "/projects/1/issues", 403),
    ("read_user", "PUT", "/user/status", 403),
    ("read_user", "GET", "/personal_access_tokens/self", 200),
    ("read_user", "GET", "/personal_access_tokens", 403),
    ("read_user", "DELETE", "/personal_access_tokens/self", 204),
    ("read_repository", "GET", "/projects/1/repository/files/x?ref=main", 404),
    ("read_repository", "GET", "/projects/1/repository/branches", 403),
    ("read_repository", "POST", "/projects/1/repository/files/x", 403),
    ("write_repository", "GET", "/projects/1/repository/files/x?ref=main", 403),
    ("self_rotate", "POST", "/personal_access_tokens/self/rotate", 200),
    ("self_rotate", "GET", "/user", 403),
]


@pytest.mark.parametrize(("scope", "method", "path", "status"), NARROW)
def test_narrow_scopes_open_little(
    world: World, scope: str, method: str, path: str, status: int
) -> None:
    """https://docs.gitlab.com/security/tokens/access_token_scopes/."""
    tokens = f"/users/{world.mia.id}/personal_access_tokens"
    world.mia.token = world.root.post(tokens, name="n", scopes=[scope])["token"]
    world.mia.call(method, path, status)


def test_token_may_come_as_that_of_oauth(world: World) -> None:
    """The parameter `access_token` is as good as `private_token`, and in no link."""
    token, world.rita.token = world.rita.token, None
    assert world.rita.get("/user", access_token=token)["username"] == "rita"
    where = {"access_token": token or "", "per_page": "1"}
    assert "access_token" not in world.client.get("/api/v4/users", params=where).headers["link"]


def test_project_token_has_a_bot_user(world: World) -> None:
    """A project access token belongs to a new bot user, who is a member at the asked level."""
    path = f"{world.path}/access_tokens"
    made = world.mia.post(path, name="helper", scopes=["api"], access_level=20)
    world.rita.token = made["token"]
    bot = world.rita.get("/user")
    assert bot["bot"] is True
    assert bot["username"].startswith(f"project_{world.project['id']}_bot_")
    assert world.mia.get(f"{world.path}/members/{bot['id']}")["access_level"] == 20
    assert [t["id"] for t in world.mia.get(path)] == [made["id"]]
    assert world.mia.get(f"{path}/{made['id']}")["resource_type"] == "project"
    humans = world.root.get("/users", humans=True, per_page=100)
    assert bot["id"] not in [user["id"] for user in humans]
    rotated = world.mia.post(f"{path}/{made['id']}/rotate", 200)
    world.mia.delete(f"{path}/{rotated['id']}")
    world.mia.get(f"{world.path}/members/{bot['id']}", 404)
    said = world.mia.get(f"{path}/999", 404)
    assert "Could not find project access token with token_id: 999" in said["message"]
    world.dora.get(path, 401)
    for level in (0, 50):
        world.mia.post(path, 400, name="x", scopes=["api"], access_level=level)


def test_tokens_of_a_place_are_refused_in_gitlabs_ways(world: World) -> None:
    """Whoever may not manage them gets 401, or 400 where something is made or removed."""
    path = f"{world.path}/access_tokens"
    made = world.olga.post(path, name="helper", scopes=["api"], access_level=50)
    said = world.dora.post(path, 400, name="x", scopes=["api"])
    assert said["message"].endswith("User does not have permission to create project access token")
    said = world.dora.delete(f"{path}/{made['id']}", 400)
    assert said["message"].endswith("Dora cannot delete helper")
    world.dora.get(f"{path}/{made['id']}", 401)
    world.dora.post(f"{path}/{made['id']}/rotate", 401)
    said = world.mia.post(f"{path}/{made['id']}/rotate", 400)
    assert "permissions not held by the user" in said["message"]


@pytest.mark.parametrize("scope", ["read_user", "ai_features"])
def test_version_is_read_with_narrow_scopes(world: World, scope: str) -> None:
    """As GitLab's specification of its metadata has it."""
    path = f"/users/{world.rita.id}/personal_access_tokens"
    world.rita.token = world.root.post(path, name="narrow", scopes=[scope])["token"]
    assert world.rita.get("/version")["version"] == world.rita.get("/metadata")["version"]
    world.rita.get("/projects", 403)


def test_personal_tokens_are_listed_for_users_that_there_are(world: World) -> None:
    """And ended by those whose they are."""
    path = "/personal_access_tokens"
    for number in (999, ""):
        assert world.root.get(path, 404, user_id=number) == {"message": "404 Not Found"}
    (own,) = world.rita.get(path)
    assert world.dora.delete(f"{path}/{own['id']}", 400) == {"message": "400 Bad request"}
    world.dora.delete(f"{path}/999", 404)
    world.rita.delete(f"{path}/{own['id']}")


def test_group_token_has_a_bot_user(world: World) -> None:
    """The same for groups, by Owners."""
    path = f"/groups/{world.group['id']}/access_tokens"
    made = world.root.post(path, name="helper", scopes=["api"], access_level=30)
    assert made["resource_id"] == world.group["id"]
    world.sim.clock.advance(timedelta(days=1))
    world.olga.get(path, 401)


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/block"),
        ("POST", "/follow"),
        ("GET", "/following"),
        ("GET", "/associations_count"),
        ("GET", "/emails"),
        ("GET", "/gpg_keys"),
        ("GET", "/keys/1"),
        ("GET", "/custom_attributes"),
    ],
)
def test_a_user_stands_under_a_number_in_most_paths(world: World, method: str, rest: str) -> None:
    """There is no such path with a name, whoever asks."""
    for person in (world.root, world.rita):
        said = person.call(method, f"/users/rita{rest}", 404, json={})
        assert said == {"error": "404 Not Found"}


@pytest.mark.parametrize(
    "rest", ["status", "keys", "events", "projects", "starred_projects", "contributed_projects"]
)
def test_some_paths_take_the_name_of_a_user(world: World, rest: str) -> None:
    """They answer the same as with the number; nobody of that name is 404."""
    assert world.root.get(f"/users/rita/{rest}") == world.root.get(f"/users/{world.rita.id}/{rest}")
    assert world.root.get(f"/users/who/{rest}", 404) == {"message": "404 User Not Found"}


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("POST", "keys"),
        ("GET", "memberships"),
        ("GET", "impersonation_tokens"),
        ("POST", "personal_access_tokens"),
    ],
)
def test_a_name_is_no_number_of_a_user(world: World, method: str, rest: str) -> None:
    """Where GitLab calls the user `user_id`, a name is of the wrong form."""
    said = world.root.call(method, f"/users/rita/{rest}", 400, json={})
    assert said == {"error": "user_id is invalid"}


def test_new_address_waits_to_be_confirmed(world: World) -> None:
    """Unless the administrator skips that."""
    path = f"/users/{world.rita.id}"
    assert world.root.put(path, email="new@x.test")["email"] == "rita@x.test"
    changed = world.root.put(path, email="new@x.test", skip_reconfirmation=True)
    assert changed["email"] == "new@x.test"
    world.root.put(path, 409, email="mia@x.test")
