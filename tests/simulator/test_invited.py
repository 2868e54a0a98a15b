"""Who is let in besides direct members.

https://docs.gitlab.com/api/access_requests/ and https://docs.gitlab.com/api/invitations/
"""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture


def names(found: list[dict[str, Any]], key: str = "username") -> list[str]:
    """One field of each."""
    return [entry[key] for entry in found]


@pytest.fixture
def guests(world: World) -> dict[str, Any]:
    """A group of Nora's that the project is shared with, up to Reporter."""
    group: dict[str, Any] = world.nora.post("/groups", name="Guests", path="guests")
    world.nora.put(f"/groups/{group['id']}", visibility="public")
    world.mia.post(f"{world.path}/share", group_id=group["id"], group_access=20)
    return group


def test_invited_group_is_listed_with_its_members(world: World, guests: dict[str, Any]) -> None:
    """Each with the lower of both levels."""
    assert names(world.mia.get(f"{world.path}/invited_groups"), "full_path") == ["guests"]
    shared = world.nora.get(f"/groups/{guests['id']}/projects/shared")
    assert names(shared, "path") == ["proj"]
    levels = {m["username"]: m["access_level"] for m in world.mia.get(f"{world.path}/members/all")}
    assert (levels["nora"], levels["mia"]) == (20, 40)
    assert "nora" not in names(world.mia.get(f"{world.path}/members"))
    assert world.mia.get(f"{world.path}/members/all/{world.nora.id}")["access_level"] == 20


def test_access_is_asked_for_and_given(world: World) -> None:
    """Or not; members need not ask."""
    world.open()
    path = f"{world.path}/access_requests"
    assert world.nora.post(path)["username"] == "nora"
    world.mia.post(path, 403)
    world.rita.get(path, 403)
    assert names(world.mia.get(path)) == ["nora"]
    given = world.mia.put(f"{path}/{world.nora.id}/approve", 201, access_level=20)
    assert (given["access_level"], world.mia.get(path)) == (20, [])
    world.mia.delete(f"{path}/{world.nora.id}", 404)
    world.mia.delete(f"{world.path}/members/{world.nora.id}")
    world.nora.post(path)
    world.nora.delete(f"{path}/{world.nora.id}")
    assert world.mia.get(path) == []


def test_invitation_waits_for_who_has_no_account(world: World) -> None:
    """The others are members at once."""
    path = f"{world.path}/invitations"
    emails = "nora@x.test,new@x.test"
    assert world.mia.post(path, email=emails, access_level=20) == {"status": "success"}
    world.mia.post(path, 400, access_level=20)
    world.mia.post(path, 400, email="a@x.test", access_level=7)
    assert names(world.mia.get(path), "invite_email") == ["new@x.test"]
    assert world.mia.get(f"{world.path}/members/{world.nora.id}")["access_level"] == 20
    world.mia.delete(f"{path}/new@x.test")
    world.mia.delete(f"{path}/new@x.test", 404)


def test_where_things_could_go(world: World, guests: dict[str, Any]) -> None:
    """Groups to share with and to move to; members of another project; seats."""
    more = world.olga.post("/groups", name="More", path="more")
    assert "more" in names(world.olga.get(f"{world.path}/share_locations"), "full_path")
    assert names(world.olga.get(f"{world.path}/transfer_locations"), "full_path") == ["more"]
    other = world.olga.post("/projects", name="Other", namespace_id=more["id"])
    path = f"/projects/{other['id']}/import_project_members/{world.project['id']}"
    assert world.olga.post(path) == {"status": "success"}
    assert "rita" in names(world.olga.get(f"/projects/{other['id']}/members"))
    assert "rita" in names(world.olga.get(f"/groups/{more['id']}/billable_members"))
    made = world.root.post(f"/projects/user/{world.rita.id}", name="For Rita")
    assert made["path_with_namespace"] == "rita/for-rita"
    world.rita.post(f"/projects/user/{world.rita.id}", 403, name="No")
    assert guests["path"] == "guests"


def test_latest_release(code: World) -> None:
    """By its date, of a project; all, of a group."""
    code.dora.get(f"{code.path}/releases/permalink/latest", 404)
    for tag, day in (("v1", "2026-02-01"), ("v2", "2026-01-01")):
        code.dora.post(f"{code.path}/releases", tag_name=tag, ref="main", released_at=day)
    assert code.rita.get(f"{code.path}/releases/permalink/latest")["tag_name"] == "v1"
    found = code.rita.get(f"/groups/{code.group['id']}/releases")
    assert names(found, "tag_name") == ["v1", "v2"]
    headers = {"PRIVATE-TOKEN": code.rita.token or ""}
    led = code.client.get(
        f"/api/v4{code.path}/releases/permalink/latest/downloads/bin/x?a=b&order_by=c",
        headers=headers,
        follow_redirects=False,
    )
    assert led.status_code == 302
    assert led.headers["location"].endswith(f"{code.path}/releases/v1/downloads/bin/x?a=b")
    assert code.rita.get(f"{code.path}/releases/none", 404) == {"message": "404 Not Found"}


def test_guests_see_releases_without_code(code: World) -> None:
    """In lists, without the tag; who may not change them gets no page to do so."""
    path = f"{code.path}/releases"
    made = code.dora.post(path, tag_name="v1", ref="main", name="One")
    assert "milestones" not in made
    assert "edit_url" in made["_links"]
    shown = code.gus.get(path)[0]
    assert (shown["name"], shown["assets"]) == ("Release-1", {"count": 0, "links": []})
    assert not {"tag_name", "commit", "commit_path", "tag_path", "evidences"} & set(shown)
    assert "edit_url" not in shown["_links"]
    code.gus.get(f"{path}/v1", 403)
