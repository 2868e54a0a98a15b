"""What a group shows to whom, how groups are listed, shared and moved.

GitLab's specification of its groups API, spec/requests/api/groups_spec.rb
"""

import pytest

from tests.simulator.conftest import World, new_person


@pytest.fixture
def group(world: World) -> str:
    """The path of the group, open to everybody, of which Olga is an Owner and Mia a Maintainer."""
    world.open()
    path = f"/groups/{world.group['id']}"
    for person, level in ((world.olga, 50), (world.mia, 40)):
        world.root.post(f"{path}/members", user_id=person.id, access_level=level)
    return path


def test_shares_are_shown_as_far_as_their_groups_may_be_known(world: World, group: str) -> None:
    """Also those of projects."""
    guests = world.nora.post("/groups", name="Guests", path="guests", visibility="private")
    world.root.post(f"{group}/share", group_id=guests["id"], group_access=20)
    world.root.post(f"{world.path}/share", group_id=guests["id"], group_access=20)
    for path in (group, world.path):
        shown = world.nora.get(path)["shared_with_groups"]
        assert [share["group_id"] for share in shown] == [guests["id"]]
        assert world.rita.get(path)["shared_with_groups"] == []


def test_groups_are_shared_by_owners(world: World, group: str) -> None:
    """Others find nothing to share, and end nothing though they are told so."""
    open_group = {"name": "Guests", "path": "guests", "visibility": "public"}
    guests = world.nora.post("/groups", **open_group)["id"]
    said = world.mia.post(f"{group}/share", 404, group_id=guests, group_access=20)
    assert said == {"message": "Not Found"}
    world.olga.post(f"{group}/share", group_id=guests, group_access=20)
    said = world.olga.post(f"{group}/share", 409, group_id=guests, group_access=20)
    assert said["message"].startswith("Shared group The group has already been shared")
    world.mia.delete(f"{group}/share/{guests}")
    assert len(world.olga.get(group)["shared_with_groups"]) == 1
    world.olga.delete(f"{group}/share/{guests}")
    world.olga.put(group, prevent_sharing_groups_outside_hierarchy=True)
    world.olga.post(f"{group}/share", 404, group_id=guests, group_access=20)


def test_groups_are_transferred_by_owners(world: World, group: str) -> None:
    """Never while archived; the places that are offered are those of the caller as an Owner."""
    other = world.olga.post("/groups", name="Other", path="other")["id"]
    half = world.root.post("/groups", name="Half", path="half")["id"]
    world.root.post(f"/groups/{half}/members", user_id=world.olga.id, access_level=40)
    found = world.olga.get(f"{group}/transfer_locations")
    assert [entry["id"] for entry in found] == [other]
    world.mia.get(f"{group}/transfer_locations", 403)
    said = world.olga.post(f"{group}/transfer", 400)
    assert said == {"message": "Transfer failed: Group is already a root group."}
    world.olga.post(f"{group}/archive")
    world.olga.post(f"{group}/transfer", 403, group_id=other)
    world.olga.post(f"{group}/unarchive")
    again = world.olga.post(f"{group}/unarchive", 422)
    assert again == {"message": "Group is already unarchived!"}


def test_some_settings_of_groups_are_not_for_everybody(world: World, group: str) -> None:
    """The size of artifacts is set by administrators; a provider is shown to Owners."""
    assert world.olga.put(group, max_artifacts_size=5)["max_artifacts_size"] is None
    assert world.root.put(group, max_artifacts_size=5)["max_artifacts_size"] == 5
    assert "step_up_auth_required_oauth_provider" in world.olga.get(group)
    assert "step_up_auth_required_oauth_provider" not in world.mia.get(group)


def test_default_branch_of_a_group_can_be_closed_and_forgotten(world: World, group: str) -> None:
    """Nobody may push; what is sent is all that holds."""
    nobody = {"allowed_to_push": [{"access_level": 0}], "allowed_to_merge": [{"access_level": 0}]}
    shown = world.olga.put(group, default_branch_protection_defaults=nobody, default_branch="new")
    assert (shown["default_branch_protection_defaults"], shown["default_branch"]) == (nobody, "new")
    assert world.olga.put(group, default_branch="")["default_branch"] is None


def test_groups_are_made_by_who_may(world: World) -> None:
    """Who may make none at the top may still make some below; there is one organization."""
    low = new_person(world.root, "low")
    world.root.put(f"/users/{low.id}", can_create_group=False)
    low.post("/groups", 403, name="Top", path="top")
    world.root.post(f"/groups/{world.group['id']}/members", user_id=low.id, access_level=40)
    low.post("/groups", name="Sub", path="sub", parent_id=world.group["id"])
    said = world.rita.post("/groups", 404, name="Far", path="far", organization_id=9)
    assert said == {"message": "404 Organization Not Found"}


def test_same_names_go_by_id_in_both_directions(world: World) -> None:
    """So that pages do not overlap."""
    made = [world.rita.post("/groups", name="Same", path=path)["id"] for path in ("s1", "s2")]
    for sort in ("asc", "desc"):
        found = world.rita.get("/groups", search="Same", sort=sort)
        assert [group["id"] for group in found] == made


def test_projects_of_a_group_include_those_above(world: World) -> None:
    """Where asked for; those that are alike go by name."""
    sub = world.root.post("/groups", name="Sub", path="sub", parent_id=world.group["id"])["id"]
    for name in ("Zoo", "Ant"):
        world.root.post("/projects", name=name, namespace_id=sub)
    path = f"/groups/{sub}/projects"
    found = world.root.get(path, order_by="similarity")
    assert [project["name"] for project in found] == ["Ant", "Zoo"]
    found = world.root.get(path, include_ancestor_groups=True)
    assert {project["name"] for project in found} == {"Ant", "Zoo", "Proj"}


@pytest.mark.parametrize(("kind", "path"), [("Group", "/groups"), ("Project", "/projects")])
def test_lists_by_offset_have_an_end(world: World, kind: str, path: str) -> None:
    """What is behind is reached by keyset."""
    world.root.get(path, page=500, per_page=100)
    said = world.root.get(path, 405, page=501, per_page=100)
    assert said["error"].startswith("Offset pagination has a maximum allowed offset of 50000")
    assert f"type {kind}." in said["error"]
