"""Launches are found by signed markers, whatever people do to labels and titles."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.domain.markers import Keyring
from bot.gitlab.client import NotVisible
from bot.gitlab.find import Found
from tests.domain.world import REQUEST_TEXT
from tests.gitlab.world import START, World, hide


def test_request_is_found_by_its_label(world: World) -> None:
    """A launch has its id before anything of it exists."""
    place = world.request()
    number = world.actor("alice").issue(place)["id"]
    finder = world.access().finder
    assert finder.resolve(*place) == Found(f"i{number}", request=place)
    assert finder.resolve("team/office", place[1]) == finder.resolve(*place)


def test_issues_of_a_launch_are_found_by_their_markers(world: World) -> None:
    """Labels are renamed and taken off; the marker stays."""
    launch = world.launch()
    admin, finder = world.actor("root"), world.access().finder
    for part in ("root", "scope", "build", "tell"):
        admin.change(world.place(launch, part), labels="", title="Something else")
        assert finder.resolve(*world.place(launch, part)) == Found(launch.launch)
    assert finder.root_of(launch.launch) == world.place(launch)
    assert finder.root_of("i4711") is None


def test_other_issues_have_to_do_with_no_launch(world: World) -> None:
    """Most issues."""
    office, finder = world.project("office"), world.access().finder
    place = world.actor("alice").file(office, "Coffee is out", "### Partner\n\nAcme", "kitchen")
    assert finder.resolve(*place) is None
    assert finder.resolve(office, 4711) is None
    assert finder.resolve("team/gone", 1) is None


@pytest.mark.parametrize("who", ["alice", "root"])
def test_copied_marker_does_not_count(world: World, who: str) -> None:
    """Anyone can read the source of an issue and paste it; it is not ours for that."""
    launch = world.launch()
    text = world.actor("alice").issue(world.place(launch))["description"]
    place = world.actor(who).file(world.project("office"), "A copy", text, "run")
    finder = world.access().finder
    assert finder.resolve(*place) is None
    assert finder.root_of(launch.launch) == world.place(launch)


def test_clone_of_a_root_with_its_notes_is_not_a_launch(world: World) -> None:
    """The clone is somebody's own, though its notes are by the bot."""
    launch = world.launch()
    project, iid = world.place(launch)
    body = {"to_project_id": project, "with_notes": True}
    clone = world.seeded.admin.post(f"/projects/{project}/issues/{iid}/clone", body)
    finder = world.access().finder
    assert finder.resolve(project, clone["iid"]) is None
    assert finder.root_of(launch.launch) == world.place(launch)


def test_of_two_markers_in_one_issue_none_counts(world: World) -> None:
    """Somebody with the right to edit pasted one; it must not lead the bot elsewhere."""
    first = world.launch()
    second = world.settle(world.request(REQUEST_TEXT.replace("Acme", "Other")))
    alien = world.actor("root").issue(world.place(first, "scope"))["description"]
    place = world.place(second, "scope")
    ours = world.actor("root").issue(place)["description"]
    finder = world.access().finder
    for text, launch in (
        (f"{alien}\n\n{ours}", None),
        (f"{ours}\n\n{alien}", None),
        (f"{ours}\n\n{ours}", second.launch),
        ("", None),
    ):
        world.actor("root").change(place, description=text)
        found = finder.resolve(*place)
        assert (found and found.launch) == launch


def test_moved_issue_is_found_where_it_stands_now(world: World) -> None:
    """Among all projects that are shown; the one that was left behind is not it."""
    launch = world.launch()
    moved = world.move(world.place(launch, "build"), world.project("press"))
    hide(world, "office")
    raw = world.access().finder.successor(launch.launch, "build")
    assert raw is not None
    assert (raw["project_id"], raw["iid"]) == moved
    moved = world.move(moved, world.attic())
    assert world.access().finder.successor(launch.launch, "build") is None


def test_project_that_lists_no_issues_hides_no_successor(world: World) -> None:
    """It was shown when the projects were looked up."""
    launch = world.launch()
    moved = world.move(world.place(launch, "build"), world.project("press"))
    access = world.access()
    access.directory.installation()
    hide(world, "office")
    raw = access.finder.successor(launch.launch, "build")
    assert raw is not None
    assert raw["iid"] == moved[1]


def test_labels_that_a_project_lacks(world: World) -> None:
    """Nothing is asked where nothing is wanted."""
    world.launch()
    finder, factory = world.access().finder, world.project("factory")
    assert finder.lacks(factory, ["run", "new", "g::open"]) == {"new"}
    world.forget_calls()
    assert finder.lacks(factory, []) == frozenset()
    assert world.asked() == []


def test_no_roots_are_found_in_a_project_that_is_not_shown(world: World) -> None:
    """The bot cannot know which one is meant."""
    launch = world.launch()
    hide(world, "office")
    assert world.access().finder.root_of(launch.launch) is None


def test_marker_of_another_installation_does_not_count(world: World) -> None:
    """Two installations may share a bot user; each signs with keys of its own."""
    launch = world.launch()
    foreign = world.access(keyring=Keyring((b"x" * 40,))).finder
    assert foreign.resolve(*world.place(launch)) is None
    assert foreign.root_of(launch.launch) is None
    renewed = world.access(keyring=Keyring((b"x" * 40, b"k" * 40))).finder
    assert renewed.root_of(launch.launch) == world.place(launch)


def test_launch_of_a_former_bot_user_is_found(world: World) -> None:
    """With a new token comes a new user, who knows the old one by id."""
    launch = world.launch()
    admin, old = world.seeded.admin, world.user("launchbot")
    token = new_bot(world)
    assert world.access(token=token).finder.root_of(launch.launch) is None
    finder = world.access(token=token, bot_users=[old]).finder
    assert finder.root_of(launch.launch) == world.place(launch)
    assert admin.list("/users", username="bot2")


def test_oldest_of_two_counts_and_a_moved_one_least(world: World) -> None:
    """A root that was moved away and back has two issues; the one that stands here is it."""
    launch = world.launch()
    project, iid = world.place(launch)
    there = {"to_project_id": world.project("press")}
    moved = world.seeded.admin.post(f"/projects/{project}/issues/{iid}/move", there)
    path = f"/projects/{moved['project_id']}/issues/{moved['iid']}/move"
    back = world.seeded.admin.post(path, {"to_project_id": project})
    assert world.access().finder.root_of(launch.launch) == (project, back["iid"])


def test_roots_are_not_found_where_issues_are_off(world: World) -> None:
    """It is no fault of the bot, and nothing could be opened there either."""
    launch = world.launch()
    office = world.project("office")
    world.sim.faults.add(kind="status", match={"path": f"projects/{office}/issues"}, status=403)
    assert world.access().finder.root_of(launch.launch) is None


def test_changes_since_a_time_are_one_call(world: World) -> None:
    """Whatever the number of launches, and of issues that are not ours."""
    launch = world.launch()
    office = world.project("office")
    world.wait(hours=1)
    place = world.request("### Partner\n\nOther\n")
    world.actor("alice").file(office, "Coffee is out", "", "kitchen")
    finder = world.access().finder
    finder.resolve(*place)
    world.forget_calls()
    changed = finder.changed(office, world.now)
    assert [found.request for found in changed] == [place]
    assert len(world.asked()) == 1
    everything = finder.changed(office, None)
    assert {found.launch for found in everything} == {launch.launch, changed[0].launch}


def test_a_launch_that_changed_in_two_places_is_found_once(world: World) -> None:
    """Root and scope stand in one project."""
    launch = world.launch()
    found = world.access().finder.changed(world.project("office"), None)
    assert [item.launch for item in found if not item.request] == [launch.launch]
    assert [item.root for item in found if not item.request] == [world.place(launch, "root")]


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]
)
def test_looking_back_overlaps_by_two_minutes_in_any_zone(world: World, zone: Any) -> None:
    """GitLab notes the time of a change at most once a minute."""
    world.request()
    finder, office = world.access().finder, world.project("office")
    seen = START.astimezone(zone)
    assert finder.changed(office, seen + timedelta(seconds=119))
    assert finder.changed(office, seen + timedelta(seconds=121)) == []
    sent = world.asked("updated_after=")[-1].partition("updated_after=")[2].partition("&")[0]
    assert "%2B" in sent or "-08" in sent
    assert datetime.fromisoformat(sent.replace("%3A", ":").replace("%2B", "+")).tzinfo


def test_project_that_is_not_listed_is_told(world: World) -> None:
    """Nothing listed is not nothing changed."""
    with pytest.raises(NotVisible):
        world.access().finder.changed(4711, None)


def test_notes_are_the_bots_alone_and_all_of_them(world: World) -> None:
    """A person who quotes a note of ours says it, not we; and there may be many."""
    launch = world.launch()
    place = world.place(launch)
    finder = world.access().finder
    before = finder.notes(*place)
    for number in range(101):
        world.actor("alice").comment(place, f"{number}: {before[0]['body']}")
    assert finder.notes(*place) == before
    assert [note["id"] for note in before] == sorted(note["id"] for note in before)


def new_bot(world: World) -> str:
    """A new user for the bot, as a Reporter everywhere; its token."""
    admin = world.seeded.admin
    body = {"username": "bot2", "name": "B", "email": "b@x.test", "password": "invented-0815"}
    user = admin.post("/users", body)["id"]
    for project in world.seeded.projects.values():
        admin.post(f"/projects/{project}/members", {"user_id": user, "access_level": 20})
    path = f"/users/{user}/personal_access_tokens"
    return str(admin.post(path, {"name": "t", "scopes": ["api"]})["token"])
