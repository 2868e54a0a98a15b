"""What the pages of members, users and tokens name that no other test needs.

https://docs.gitlab.com/api/group_members/, https://docs.gitlab.com/api/invitations/,
https://docs.gitlab.com/api/users/ and their neighbours
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import Person, World


@pytest.fixture
def group(world: World) -> str:
    """The path of the group, of which Rita is a Reporter."""
    path = f"/groups/{world.group['id']}"
    world.root.post(f"{path}/members", user_id=world.rita.id, access_level=20)
    return path


def test_several_members_are_added_at_once(world: World) -> None:
    """By numbers or names; members get the level, the unknown are left out, problems are told."""
    path = f"{world.path}/members"
    sent = {"user_id": f"{world.nora.id},{world.rita.id},999", "access_level": 30}
    assert world.mia.post(path, **sent) == {"status": "success"}
    assert world.mia.get(f"{path}/{world.rita.id}")["access_level"] == 30
    world.mia.delete(f"{path}/{world.nora.id}")
    said = world.mia.post(path, user_id=f"{world.nora.id},{world.olga.id}", access_level=20)
    assert said["message"] == {"olga": "not authorized to update member"}
    assert world.mia.put(f"{path}/{world.nora.id}", access_level=20)["username"] == "nora"
    nobody = world.mia.post(path, username="nobody,else", access_level=20)
    assert nobody == {"status": "error", "message": "No users specified."}
    world.mia.post(path, 400, username="nora", access_level=20, member_role_id="x")
    seats = {m["username"]: m["is_using_seat"] for m in world.mia.get(path, show_seat_info=True)}
    assert seats["nora"] is True


def test_last_owner_of_a_group_stays(world: World, group: str) -> None:
    """Neither removed nor made less, as long as there is no other."""
    world.root.delete(f"{group}/members/1", 403)
    world.root.put(f"{group}/members/1", 403, access_level=40)
    world.root.put(f"{group}/members/{world.rita.id}", access_level=50)
    world.root.delete(f"{group}/members/1")


def test_invitations_are_changed_and_found(world: World) -> None:
    """By their whole address; who is invited or a member already gets the new level."""
    path = f"{world.path}/invitations"
    fields = {"access_level": 20, "expires_at": "2026-04-01"}
    assert world.mia.post(path, email="new@x.test", **fields) == {"status": "success"}
    shown = world.mia.put(f"{path}/new@x.test", access_level=30)
    assert (shown["access_level"], shown["expires_at"]) == (30, "2026-04-01")
    again = world.mia.post(path, email="new@x.test,rita@x.test", access_level=40)
    assert again == {"status": "success"}
    assert world.mia.get(f"{world.path}/members/{world.rita.id}")["access_level"] == 40
    found = world.mia.get(path, query="new@x.test")
    assert [(e["id"], e["access_level"], e["created_by_name"]) for e in found] == [(1, 40, "Mia")]
    assert "user_name" not in found[0]
    assert world.mia.get(path, query="new") == []
    world.mia.put(f"{path}/old@x.test", 404, access_level=30)
    world.mia.put(f"{path}/new@x.test", 400)
    pending = world.root.get(f"/groups/{world.group['id']}/pending_members")
    assert [(entry["email"], entry["invited"]) for entry in pending] == [("new@x.test", True)]


def test_invitation_that_cannot_be_is_told(world: World) -> None:
    """By address, as a sentence; without a good address or enough rights nothing is tried."""
    path = f"{world.path}/invitations"
    past = world.mia.post(path, email="a@x.test", access_level=20, expires_at="2026-01-01")
    assert past["message"] == {"a@x.test": "Expires at cannot be a date in the past"}
    said = world.mia.post(path, 400, email="a@x.test,b", access_level=20)
    assert said == {"error": "email contains an invalid email address"}
    said = world.mia.post(path, 400, email="", access_level=20)
    assert said["message"].endswith("Must provide either email or user_id as a parameter")
    world.mia.post(path, 403, email="a@x.test", access_level=50)
    world.olga.post(path, email="a@x.test", access_level=50)
    world.mia.delete(f"{path}/a@x.test", 403)
    world.olga.delete(f"{path}/a@x.test")


def test_seats_of_a_group(world: World, group: str) -> None:
    """Everybody at it and below it, with where they are members; removed from all at once."""
    found = world.root.get(f"{group}/billable_members", sort="access_level_desc", per_page=3)
    assert [entry["username"] for entry in found] == ["olga", "root", "mia"]
    ways = {
        e["username"]: e["membership_type"] for e in world.root.get(f"{group}/billable_members")
    }
    assert (ways["rita"], ways["mia"]) == ("group_member", "project_member")
    assert len(world.root.get(f"{group}/billable_members", search="rit")) == 1
    world.root.get(f"{group}/billable_members", 400, sort="size")
    at = f"{group}/billable_members/{world.rita.id}"
    places = world.root.get(f"{at}/memberships")
    assert [place["source_full_name"] for place in places] == ["Team", "Team / Proj"]
    assert places[0]["access_level"] == {"string_value": "Reporter", "integer_value": 20}
    assert world.root.get(f"{at}/indirect") == []
    state = f"{group}/members/{world.rita.id}/state"
    assert world.root.put(state, state="active") == {"success": True}
    world.root.put(state, 400, state="awaiting")
    world.root.post(f"{group}/members/approve_all", 400)
    world.root.delete(at)
    world.root.delete(at, 404)
    world.rita.get(world.path, 404)
    below = world.root.post("/groups", name="B", path="b", parent_id=world.group["id"])
    world.root.get(f"/groups/{below['id']}/billable_members", 400)


def test_labels_and_milestones_as_documented(world: World, group: str) -> None:
    """Labels alone have their counts; times of milestones need both ends."""
    label = world.mia.post(f"{world.path}/labels", name="bug", color="#112233", archived=True)
    assert (label["archived"], label["open_issues_count"]) == (True, 0)
    world.mia.put(f"{world.path}/labels/bug", 400, priority=-1)
    assert world.root.put(f"{world.path}/labels/promote", name="bug")["name"] == "bug"
    at = f"{world.path}/labels/bug"
    assert world.mia.get(at)["is_project_label"] is False
    assert world.mia.get(at, include_ancestor_groups=False)["name"] == "bug"
    world.mia.post(f"{world.path}/labels", name="below", color="#112233")
    world.root.get(f"{group}/labels/below", 404)
    assert world.root.get(f"{group}/labels/below", only_group_labels=False)["name"] == "below"
    fields: dict[str, Any] = {"start_date": "2026-03-01", "due_date": "2026-03-31"}
    world.root.post(f"{group}/milestones", title="March 17.3", **fields)
    path = f"{group}/milestones"
    assert len(world.root.get(path, search_title="17.3 march")) == 1
    assert world.root.get(path, search_title="17.4") == []
    assert world.root.get(path, start_date="2026-04-01", end_date="2026-04-30") == []
    assert len(world.root.get(path, start_date="2026-04-01")) == 1
    assert len(world.root.get(path, start_date="2026-03-30", end_date="2026-04-30")) == 1


def test_status_has_a_form_and_an_end(world: World) -> None:
    """Known words and emoji only; it empties itself after a while."""
    shown = world.rita.put("/user/status", message="Lunch", clear_status_after="30_minutes")
    assert (shown["emoji"], shown["clear_status_at"]) == (
        "speech_balloon",
        "2026-03-02T09:30:00.000Z",
    )
    world.sim.clock.advance(timedelta(minutes=30))
    assert world.rita.get("/user/status")["message"] is None
    wrong: list[dict[str, str]] = [
        {"emoji": "no such thing"},
        {"message": "x" * 101},
        {"availability": "asleep"},
        {"clear_status_after": "1_year"},
    ]
    for fields in wrong:
        world.rita.put("/user/status", 400, **fields)


def test_addresses_of_users_are_their_own(world: World) -> None:
    """Shown and used ones have to be added first; commits may hide them."""
    path = f"/users/{world.rita.id}"
    world.root.put(path, 400, public_email="other@x.test")
    added = world.root.post(f"{path}/emails", email="other@x.test", skip_confirmation=True)
    assert added["confirmed_at"] is not None
    assert world.root.put(path, public_email="other@x.test")["public_email"] == "other@x.test"
    assert world.rita.post("/user/emails", email="third@x.test")["confirmed_at"] is None
    hidden = world.root.put(path, commit_email="_private")["commit_email"]
    assert hidden.startswith(f"{world.rita.id}-rita@users.noreply.")
    assert world.root.get(path)["created_by"]["username"] == "root"


def test_keys_are_open_to_all(world: World) -> None:
    """Under number and name; they have a form, an end and a use, and cannot be changed."""
    fields = {"title": "k", "key": "ssh-ed25519 AAAA mail@x.test", "expires_at": "2026-04-01"}
    made = world.rita.post("/user/keys", usage_type="signing", **fields)
    assert (made["expires_at"], made["usage_type"]) == ("2026-04-01T00:00:00.000Z", "signing")
    assert made["key"] == "ssh-ed25519 AAAA Rita (gitlab.test)"
    assert world.nobody.get("/users/rita/keys")[0]["id"] == made["id"]
    assert world.nobody.get(f"/users/{world.rita.id}/keys/{made['id']}")["title"] == "k"
    refused = world.pia.post("/user/keys", 400, **fields | {"key": "no key"})
    assert refused == {"message": {"key": ["is invalid"]}}
    world.rita.post("/user/keys", 400, **fields)
    world.rita.put(f"/user/keys/{made['id']}", 405, title="l")


def test_tokens_of_one_family_die_together(world: World) -> None:
    """Who rotates with a dead token ends all that came from it; of a dead one nothing comes."""
    old = world.rita.get("/personal_access_tokens/self")["id"]
    new = world.rita.post("/personal_access_tokens/self/rotate", 200)
    world.root.post(f"/personal_access_tokens/{old}/rotate", 400)
    assert world.root.get(f"/personal_access_tokens/{new['id']}")["revoked"] is False
    world.rita.post("/personal_access_tokens/self/rotate", 401)
    assert world.root.get(f"/personal_access_tokens/{new['id']}")["revoked"] is True


def test_tokens_that_impersonate_are_shown_but_not_ended(world: World) -> None:
    """To and by whom they impersonate; a new one for an old one impersonates as well."""
    path = f"/users/{world.rita.id}/impersonation_tokens"
    made = world.root.post(path, name="i", scopes=["api"])
    at = f"/personal_access_tokens/{made['id']}"
    assert world.rita.get(at)["last_used_ips"] == []
    assert world.rita.delete(at, 400) == {"message": "400 Bad request"}
    new = world.rita.post(f"{at}/rotate", 200)
    assert [token["id"] for token in world.root.get(path, state="active")] == [new["id"]]
    found = world.root.get("/personal_access_tokens", user_id=world.rita.id)
    assert new["id"] in [token["id"] for token in found]
    assert new["id"] not in [token["id"] for token in world.rita.get("/personal_access_tokens")]
    world.rita.delete("/personal_access_tokens/1", 400)
    assert world.root.delete("/personal_access_tokens/99", 404) == {"message": "404 Not found"}


def test_tokens_of_projects_make_no_others(world: World) -> None:
    """They rotate only themselves; descriptions have a length."""
    path = f"{world.path}/access_tokens"
    fields: dict[str, Any] = {"name": "t", "scopes": ["api"]}
    one, two = (world.mia.post(path, **fields) for _ in range(2))
    bot = Person(world.client, one["token"], one["user_id"], "bot")
    bot.post(path, 400, **fields)
    bot.post(f"{path}/{two['id']}/rotate", 401)
    bot.post(f"{path}/self/rotate", 200)
    people = len(world.root.get("/users", per_page=100))
    world.mia.post(path, 400, description="x" * 256, **fields)
    assert len(world.root.get("/users", per_page=100)) == people


def test_tokens_of_projects_are_refused_as_they_are_asked_for(world: World) -> None:
    """Who may not read them gets 401, who may not make or end them 400 with a reason."""
    path = f"{world.path}/access_tokens"
    made = world.mia.post(path, name="t", scopes=["api"])
    assert made["access_level"] == 40
    world.dora.get(path, 401)
    world.dora.get(f"{path}/{made['id']}", 401)
    told = world.dora.delete(f"{path}/{made['id']}", 400)
    assert told == {"message": "400 Bad request - Dora cannot delete t"}
    told = world.dora.post(path, 400, name="t", scopes=["api"])
    reason = "User does not have permission to create project access token"
    assert told == {"message": f"400 Bad request - {reason}"}
    told = world.mia.get(f"{path}/99", 404)
    reason = "Could not find project access token with token_id: 99"
    assert told == {"message": f"404 {reason} Not Found"}
    world.mia.post(path, 400, name="t", scopes=["read_user"])
    world.mia.post(path, 400, name="t", scopes=["api"], access_level=0)


def test_tokens_of_owners_are_rotated_by_owners(world: World) -> None:
    """Maintainers rotate those of their own level; where there is none only administrators know."""
    path = f"{world.path}/access_tokens"
    made = world.root.post(path, name="t", scopes=["api"], access_level=50)
    told = world.mia.post(f"{path}/{made['id']}/rotate", 400)
    reason = "Not eligible to rotate tokens with permissions not held by the user"
    assert told == {"message": f"400 Bad request - {reason}"}
    world.mia.post(f"{path}/99/rotate", 401)
    assert world.root.post(f"{path}/99/rotate", 404) == {"message": "404 Not Found"}


def test_token_tells_where_it_can_go(world: World) -> None:
    """Groups and projects of which its user is a member, from a level on."""
    path = "/personal_access_tokens/self/associations"
    shown = world.rita.get(path)
    assert (shown["groups"], len(shown["projects"])) == ([], 1)
    assert shown["projects"][0]["access_levels"] == {
        "project_access_level": 20,
        "group_access_level": None,
    }
    assert world.rita.get(path, min_access_level=30)["projects"] == []
    assert [group["name"] for group in world.root.get(path)["groups"]] == ["Team"]


def test_support_knows_people_by_a_number(world: World) -> None:
    """For seven days, or until an administrator ends it; nobody has a second factor."""
    pin = world.rita.post("/user/support_pin")
    path = f"/users/{world.rita.id}/support_pin"
    assert world.root.get(path) == world.rita.get("/user/support_pin") == pin
    world.mia.get(path, 403)
    world.root.post(f"{path}/revoke", 202)
    world.rita.get("/user/support_pin", 404)
    world.root.call("PATCH", f"/users/{world.rita.id}/disable_two_factor", 400)


def test_forks_as_documented(world: World) -> None:
    """With a visibility and a target of their own; related and parted again."""
    world.open()
    made = world.rita.post(f"{world.path}/fork", visibility="private", mr_default_target_self=True)
    assert (made["visibility"], made["mr_default_target_self"]) == ("private", True)
    path = f"/projects/{made['id']}/fork"
    world.rita.post(f"{path}/{world.project['id']}", 409)
    world.rita.delete(path)
    again = world.rita.post(f"{path}/{world.project['id']}")
    assert again["forked_from_project"]["id"] == world.project["id"]
    world.rita.post(f"{world.path}/star")
    assert len(world.rita.get(f"{world.path}/starrers", search="rit")) == 1
    assert world.rita.get(f"{world.path}/starrers", search="mia") == []


def test_service_accounts_of_projects_and_their_tokens(world: World) -> None:
    """As those of groups: Maintainers keep them; tokens are listed, rotated and revoked."""
    path = f"{world.path}/service_accounts"
    made = world.mia.post(path, username="helper", email="helper@x.test")
    assert made["username"] == "helper"
    world.dora.get(path, 403)
    second = world.mia.post(path)
    assert second["username"].startswith(f"service_account_project_{world.project['id']}_")
    ordered = world.mia.get(path, order_by="username", sort="asc")
    assert [account["id"] for account in ordered] == [made["id"], second["id"]]
    at = f"{path}/{made['id']}"
    world.mia.call("PATCH", at, 400, json={"email": "rita@x.test"})
    tokens = f"{at}/personal_access_tokens"
    old = world.mia.post(tokens, name="t", scopes=["api"])
    new = world.mia.post(f"{tokens}/{old['id']}/rotate", 200)
    assert [token["id"] for token in world.mia.get(tokens, state="active")] == [new["id"]]
    world.mia.delete(f"{tokens}/{new['id']}")
    assert world.mia.get(tokens, state="active") == []
    world.mia.delete(f"{tokens}/99", 404)
    world.mia.delete(at)
    assert len(world.mia.get(path)) == 1
