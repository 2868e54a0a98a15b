"""Who finds and sees what of users, what is refused of them, and their keys and addresses.

GitLab's specification of its users API, spec/requests/api/users_spec.rb
"""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.simulator.conftest import START, World, new_person


def test_users_are_found_with_the_best_match_first(world: World) -> None:
    """Unless another order is asked for."""
    for name in ("ann", "anna"):
        new_person(world.root, name)
    assert [u["username"] for u in world.rita.get("/users", search="ann")] == ["ann", "anna"]
    found = world.rita.get("/users", search="ann", sort="desc")
    assert [u["username"] for u in found] == ["anna", "ann"]


def test_filters_of_users_are_partly_for_administrators(world: World) -> None:
    """Identities are theirs, and who is one; nobody sees a profile where nothing is public."""
    world.rita.get("/users", 403, extern_uid="1", provider="github")
    world.root.get("/users", 400, extern_uid="1")
    assert len(world.rita.get("/users", admins=True)) > 1
    assert len(world.root.get("/users", admins=True)) == 1
    world.root.put("/application/settings", restricted_visibility_levels=["public"])
    world.nobody.get("/users", 403, username="rita")


def test_private_profile_shows_less(world: World) -> None:
    """Not since when, nor whom the user follows; administrators see all, with the highest role."""
    path = f"/users/{world.olga.id}"
    world.root.put(path, private_profile=True)
    shown = world.rita.get(path)
    assert not {"created_at", "followers", "following", "is_followed"} & set(shown)
    world.rita.get(f"{path}/followers", 404)
    world.rita.get(f"{path}/following", 404)
    assert world.root.get(path)["highest_role"] == 50
    assert "namespace_id" not in world.olga.get("/user")
    assert world.root.put(path, private_profile=None)["private_profile"] is False


@pytest.mark.parametrize(
    "sent",
    [
        {"theme_id": 50},
        {"color_scheme_id": 50},
        {"bio": "g" * 256},
        {"projects_limit": -1},
        {"provider": "github"},
        {"extern_uid": "1"},
    ],
)
def test_bad_values_of_users_are_refused(world: World, sent: dict[str, Any]) -> None:
    """When a user is made and when one is changed."""
    user = {"username": "new", "name": "New", "email": "new@x.test", "password": "p"}
    world.root.post("/users", 400, **user, **sent)
    world.root.put(f"/users/{world.rita.id}", 400, **sent)


def test_address_belongs_to_one_user(world: World) -> None:
    """Also one that was added besides: a conflict once it is confirmed."""
    path = f"/users/{world.rita.id}/emails"
    world.root.post(path, email="sure@x.test", skip_confirmation=True)
    world.root.post(path, email="open@x.test")
    user = {"username": "new", "name": "New", "password": "p"}
    world.root.post("/users", 409, email="sure@x.test", **user)
    world.root.post("/users", 400, email="open@x.test", **user)
    for email in ("sure@x.test", "dora@x.test"):
        said = world.root.post(f"/users/{world.gus.id}/emails", 400, email=email)
        assert said == {"message": {"email": ["has already been taken"]}}
    said = world.rita.delete("/user/emails/x", 400)
    assert said == {"error": "email_id is invalid"}


def test_main_address_is_the_first_of_a_users_own(world: World) -> None:
    """Listed before those that were added; it stays when another takes its place."""
    path = f"/users/{world.nora.id}/emails"
    world.root.post(path, email="more@x.test")
    assert [entry["email"] for entry in world.nora.get("/user/emails")] == [
        "nora@x.test",
        "more@x.test",
    ]
    changed = {"email": "main@x.test", "skip_reconfirmation": True}
    assert world.root.put(f"/users/{world.nora.id}", **changed)["email"] == "main@x.test"
    shown = {entry["email"]: entry["confirmed_at"] is not None for entry in world.root.get(path)}
    assert shown == {"nora@x.test": True, "more@x.test": False, "main@x.test": True}
    world.root.delete(f"/users/{world.nora.id}")
    world.rita.post("/user/emails", email="nora@x.test")


@pytest.mark.parametrize("kind", ["keys", "emails"])
def test_keys_and_addresses_go_unless_they_are_newer(world: World, kind: str) -> None:
    """`If-Unmodified-Since` before they were made keeps them."""
    fields = {"title": "k", "key": "ssh-ed25519 AAAA", "email": "more@x.test"}
    made = world.rita.post(f"/user/{kind}", **fields)
    before = {"If-Unmodified-Since": "Fri, 01 Jan 2010 00:00:00 GMT"}
    world.rita.call("DELETE", f"/user/{kind}/{made['id']}", 412, headers=before)
    world.rita.delete(f"/user/{kind}/{made['id']}")


def test_moderation_says_why_it_refuses(world: World) -> None:
    """In GitLab's words, without a number before them."""
    path = f"/users/{world.rita.id}"
    world.root.post(f"{path}/block")
    said = world.root.post(f"{path}/activate", 403)
    assert said["message"].startswith("Error occurred. A blocked user must be unblocked")
    said = world.root.post(f"{path}/deactivate", 403)
    assert said == {"message": "Error occurred. A blocked user cannot be deactivated"}
    said = world.root.post(f"{path}/unban", 403)
    assert said == {"message": "You cannot unban blocked users."}
    said = world.dora.post(f"{path}/approve", 403)
    assert said == {"message": "You are not allowed to approve a user"}
    world.nobody.get("/user/activities", 401)


def test_signing_keys_of_gpg_are_revoked(world: World) -> None:
    """Which ends them, too."""
    key = world.rita.post("/user/gpg_keys", key="-----BEGIN PGP PUBLIC KEY BLOCK-----")["id"]
    assert world.rita.post(f"/user/gpg_keys/{key}/revoke", 202) == {"message": "202 Accepted"}
    said = world.rita.post(f"/user/gpg_keys/{key}/revoke", 404)
    assert said == {"message": "404 GPG Key Not Found"}


def test_own_tokens_live_for_a_day(world: World) -> None:
    """Without scopes there is none; of an impersonation only the name is told as missing."""
    path = "/user/personal_access_tokens"
    made = world.rita.post(path, name="k8s", scopes=["k8s_proxy"])
    assert date.fromisoformat(made["expires_at"]) == START.date() + timedelta(days=1)
    said = world.rita.post(path, 422, name="k8s", scopes=[])
    assert said == {"message": "Scopes can't be blank"}
    said = world.root.post(f"/users/{world.rita.id}/impersonation_tokens", 400)
    assert said == {"error": "name is missing"}
