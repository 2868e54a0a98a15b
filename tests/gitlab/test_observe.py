"""What the reader sees of a launch, one fact after the other."""

from dataclasses import replace

import pytest

from bot.domain import record
from bot.domain.actions import PostNote
from bot.domain.errors import PermanentError
from bot.domain.observed import Observed, Refusal
from bot.gitlab import bodies
from bot.gitlab.find import Found
from tests.domain.world import REQUEST_TEXT, process
from tests.gitlab.test_find import new_bot
from tests.gitlab.world import KEYS, START, Place, World, hide, visible

# --- Requests -----------------------------------------------------------------------------------


def test_request_is_seen_as_it_stands(world: World) -> None:
    """Nothing has been opened yet."""
    place = world.request()
    observed = world.observe(place)
    assert observed.request is not None
    assert (observed.request.project, observed.request.iid) == place
    assert observed.request.description == REQUEST_TEXT.rstrip()
    assert observed.launch == f"i{observed.request.id}"
    assert observed.now == START
    assert (observed.root, observed.status, observed.rival) == (None, None, None)
    assert observed.installation.projects == world.seeded.projects
    assert dict(observed.said) == {}


def test_refusals_of_before_are_handed_on(world: World) -> None:
    """The planner has to know what GitLab would not do."""
    refusal = Refusal("root.create", "root", "no")
    place = world.request()
    assert world.observe(place, refusals=(refusal,)).refusals == (refusal,)
    world.settle(place)
    assert world.observe(place, refusals=(refusal,)).refusals == (refusal,)


def test_what_was_said_on_a_request_is_seen(world: World) -> None:
    """So that it is said once, and changed where the request changed."""
    place = world.request("### Partner\n\nAcme\n")
    world.settle(place)
    assert [*world.observe(place).said] == ["inputs"]
    assert "Launch date" in world.observe(place).said["inputs"].text


def test_quoted_comment_is_not_ours(world: World) -> None:
    """Somebody pastes the source of our comment, marker and all."""
    place = world.request("### Partner\n\nAcme\n")
    world.settle(place)
    (ours,) = world.actor("alice").notes(place)
    world.actor("alice").comment(place, f"> {ours['body']}\n\nWhat?\n\n{ours['body']}")
    assert world.observe(place).said["inputs"].id == ours["id"]


def test_running_launch_for_the_same_is_a_rival(world: World) -> None:
    """Known by a digest, whatever the case and the spaces."""
    first = world.launch()
    same = REQUEST_TEXT.replace("Acme Cloud", "ACME   cloud")
    rival = world.observe(world.request(same)).rival
    assert rival is not None
    assert first.root is not None
    assert rival.id == first.root.id
    assert world.observe(world.request(REQUEST_TEXT.replace("Acme", "Other"))).rival is None
    assert world.observe(world.request("### Partner\n\nAcme Cloud\n")).rival is None


def test_closed_launch_is_no_rival(world: World) -> None:
    """What is over may start again."""
    launch = world.launch()
    world.actor("alice").close(world.place(launch))
    assert world.observe(world.request()).rival is None


def test_request_whose_project_lists_no_issues_has_no_rival(world: World) -> None:
    """Opening the root is refused there, and that is what is told."""
    place = world.request()
    office = world.project("office")
    world.sim.faults.add(
        kind="status", match={"path": rf"projects/{office}/issues\?"}, status=403, times=None
    )
    assert world.observe(place).rival is None


def test_nothing_is_seen_of_what_is_no_launch(world: World) -> None:
    """The label was taken off, the request is gone, or there is only an id."""
    place = world.request()
    found = world.found(place)
    reader = world.access().reader
    world.actor("alice").change(place, labels="other")
    assert reader.observe(found, world.now) is None
    assert reader.observe(replace(found, request=(place[0], 4711)), world.now) is None
    assert reader.observe(Found("i4711"), world.now) is None


# --- Running launches ---------------------------------------------------------------------------


def test_running_launch_is_seen_whole(world: World) -> None:
    """Root, request, phases across projects, links and the status note."""
    place = world.request()
    world.settle(place)
    observed = world.observe(place)
    assert observed.root is not None
    assert observed.request is not None
    assert (observed.request.project, observed.request.iid) == place
    assert {name: issue.project for name, issue in observed.phases.items()} == {
        "scope": world.project("office"),
        "build": world.project("factory"),
        "tell": world.project("press"),
    }
    assert observed.linked == {"request", "scope", "build", "tell"}
    assert observed.unseen == {}
    assert observed.status is not None
    assert observed.status.record is not None
    assert observed.status.record.launch == observed.launch
    assert observed.status.text.startswith("### Small: Acme Cloud")


def test_phase_that_was_unlinked_is_seen_by_its_place(world: World) -> None:
    """People tidy up links; the record knows where the phase is."""
    launch = world.launch()
    unlink(world, world.place(launch), world.place(launch, "build"))
    observed = again(world)
    assert observed.phases["build"].id == launch.phases["build"].id
    assert observed.linked == {"request", "scope", "tell"}


def test_phase_that_is_not_shown_is_unseen(world: World) -> None:
    """The bot lost its access to a project; nothing is opened there anew."""
    launch = world.launch()
    access = world.access()
    access.directory.installation()
    hide(world, "factory")
    observed = world.observe(world.place(launch), access)
    assert observed.unseen == {"build": "GitLab does not show it to me"}
    assert "build" not in observed.phases
    assert not [a for a in world.plan(observed).actions if getattr(a, "part", "") == "build"]


def test_phase_that_was_moved_is_followed(world: World) -> None:
    """Its marker went along; the one that was left behind is no phase any more."""
    launch = world.launch()
    for project in ("press", "office"):
        moved = world.move(world.place(again(world), "build"), world.project(project))
        observed = again(world)
        assert world.place(observed, "build") == moved
        assert observed.unseen == {}
        assert not observed.phases["build"].moved
    assert moved[0] != world.place(launch, "build")[0]


def test_phase_that_was_moved_out_of_sight_is_unseen(world: World) -> None:
    """Nothing is opened in its place; and when it comes back it is followed."""
    launch = world.launch()
    moved = world.move(world.place(launch, "build"), world.attic())
    observed = again(world)
    assert observed.unseen == {"build": "it was moved to a project in which I do not work"}
    assert "build" not in observed.phases
    back = world.move(moved, world.project("press"))
    assert world.place(again(world), "build") == back


def test_request_that_is_gone_is_not_seen(world: World) -> None:
    """The launch goes on without it."""
    launch = world.launch()
    assert launch.request is not None
    del world.sim.state.projects[launch.request.project].issues[launch.request.iid]
    unlink(world, world.place(launch), world.place(launch, "request"))
    observed = see(world, Found(launch.launch, world.place(launch)))
    assert observed.request is None
    assert set(observed.phases) == {"scope", "build", "tell"}


def test_linked_request_is_seen_without_a_call(world: World) -> None:
    """Root, status note by id and links tell all of a launch, but for what people say."""
    launch = world.launch()
    assert launch.status is not None
    access = world.access()
    access.directory.installation()
    access.directory.bot_users()
    world.forget_calls()
    access.reader.observe(
        Found(launch.launch, world.place(launch), None, launch.status.note), START
    )
    assert len(world.asked("GET")) - len(world.asked("/notes?")) == 3


def test_launch_without_a_record_is_seen_by_markers(world: World) -> None:
    """It stopped before the record was written."""
    place = world.request()
    observed = world.observe(place)
    plan = world.plan(observed)
    world.apply(observed, replace(plan, actions=plan.actions[:4]))
    project, iid = world.place(again(world))
    for target in (("office", 3), ("factory", 1)):
        body = {"target_project_id": world.project(target[0]), "target_issue_iid": target[1]}
        world.seeded.admin.post(f"/projects/{project}/issues/{iid}/links", body)
    other = world.actor("alice").file(world.project("press"), "Other", "", "x")
    body = {"target_project_id": other[0], "target_issue_iid": other[1]}
    world.seeded.admin.post(f"/projects/{project}/issues/{iid}/links", body)
    observed = again(world)
    assert observed.status is None
    assert set(observed.phases) == {"scope", "build"}
    assert observed.linked == {"scope", "build"}


def test_label_that_a_project_lost_is_seen_as_gone(world: World) -> None:
    """Only where the issue lacks it, and not in a project to which it was just moved."""
    launch = world.launch()
    assert launch.gone == {}
    project = world.project("factory")
    world.seeded.admin._gitlab.http_delete(f"/projects/{project}/labels/run")
    assert again(world).gone == {"build": {"run"}}
    moved = world.move(world.place(launch, "build"), world.project("press"))
    world.seeded.admin._gitlab.http_delete(f"/projects/{moved[0]}/labels/run")
    assert again(world).gone == {"tell": {"run"}}


def test_root_that_is_gone_stops_the_launch(world: World) -> None:
    """Nothing is opened anew; whoever runs the bot is told which issue it is."""
    launch = world.launch()
    project, iid = world.place(launch)
    found = Found(launch.launch, (project, iid), world.place(launch, "request"))
    del world.sim.state.projects[project].issues[iid]
    with pytest.raises(PermanentError, match=f"number {iid} in project {project}.* not shown"):
        world.access().reader.observe(found, world.now)


def test_root_that_was_moved_is_followed(world: World) -> None:
    """Its notes came along, signed for the issue that they were written on."""
    launch = world.launch()
    assert launch.root is not None
    assert launch.status is not None
    moved = world.move(world.place(launch), world.project("press"))
    found = Found(launch.launch, world.place(launch), None, launch.status.note)
    for known in (found, Found(launch.launch, world.place(launch))):
        observed = see(world, known)
        assert world.place(observed) == moved
        assert observed.status is not None
        assert observed.status.record == launch.status.record
        assert observed.status.root == launch.root.id
    assert set(observed.phases) == {"scope", "build", "tell"}


def test_root_that_was_moved_twice_is_followed(world: World) -> None:
    """The old status note is still signed for the first of three issues."""
    launch = world.launch()
    assert launch.status is not None
    moved = world.move(world.place(launch), world.project("press"))
    moved = world.move(moved, world.project("factory"))
    observed = see(world, Found(launch.launch, world.place(launch)))
    assert world.place(observed) == moved
    assert observed.status is not None
    assert observed.status.record == launch.status.record


def test_root_that_was_moved_out_of_sight_is_seen_where_it_was(world: World) -> None:
    """With what was said there of it, so that it is said once."""
    launch = world.launch()
    world.move(world.place(launch), world.attic())
    observed = see(world, Found(launch.launch, world.place(launch)))
    assert observed.root is not None
    assert observed.root.moved
    assert dict(observed.said).keys() >= {"status"}
    (note,) = world.plan(observed).actions
    assert isinstance(note, PostNote)
    world.apply(observed)
    observed = see(world, Found(launch.launch, world.place(launch)))
    assert note.key in observed.said
    assert world.plan(observed).actions == ()


def test_status_note_of_a_clone_is_not_inherited(world: World) -> None:
    """The bot opened the root; what a maintainer copies onto it was signed for another issue."""
    first = world.launch()
    assert first.status is not None
    assert first.root is not None
    other = world.settle(world.request(REQUEST_TEXT.replace("Acme", "Other")))
    assert other.root is not None
    assert other.status is not None
    path = f"/projects/{world.project('office')}/issues"
    body = world.seeded.admin.get(f"{path}/{first.root.iid}/notes/{first.status.note}")["body"]
    world.seeded.admin.put(f"{path}/{other.root.iid}/notes/{other.status.note}", {"body": body})
    observed = see(world, Found(other.launch, world.place(other)))
    assert observed.status is None


# --- The status note ----------------------------------------------------------------------------


def test_status_note_is_found_among_many(world: World) -> None:
    """By its id where that is known, else by its marker, beyond the first hundred notes."""
    launch = world.launch()
    assert launch.status is not None
    for number in range(100):
        world.actor("alice").comment(world.place(launch), f"Comment {number}")
    found = Found(launch.launch, world.place(launch))
    for known in (None, launch.status.note, 4711):
        assert see(world, replace(found, status=known)).status == launch.status


def test_edited_record_is_broken(world: World) -> None:
    """A maintainer can edit it; what does not verify is not believed, and not overwritten."""
    launch = world.launch()
    assert launch.status is not None
    rewrite(world, launch.status.note, '"revision":2', '"revision":3')
    for known in (None, launch.status.note):
        status = see(world, Found(launch.launch, world.place(launch), None, known)).status
        assert status is not None
        assert status.note == launch.status.note
        assert status.record is None
    assert again(world).record() is None


def test_note_without_its_marker_is_no_status_note(world: World) -> None:
    """Its id is still remembered, but it says nothing."""
    launch = world.launch()
    assert launch.status is not None
    rewrite(world, launch.status.note, "launchbot:v1", "launchbot:v0")
    found = Found(launch.launch, world.place(launch), None, launch.status.note)
    assert see(world, found).status is None


def test_of_two_status_notes_the_higher_revision_counts(world: World) -> None:
    """One of them was written by a bot user before us, who cannot edit it any more."""
    launch = world.launch()
    first = launch.status
    assert first is not None
    assert first.record is not None
    assert launch.root is not None
    kept = first.record.model_copy(update={"revision": 9})
    body = bodies.status_body("Newer.", kept, KEYS, launch.root.id)
    world.network.client(world.seeded.bot_token).post(
        f"/projects/{launch.root.project}/issues/{launch.root.iid}/notes", {"body": body}
    )
    status = again(world).status
    assert status is not None
    assert status.text == "Newer."


def test_status_note_of_a_former_bot_user_is_not_trusted_by_id(world: World) -> None:
    """Its successor may be there already, and then the old one says what was."""
    launch = world.launch()
    assert launch.status is not None
    assert launch.status.record is not None
    assert launch.root is not None
    old, token = world.user("launchbot"), new_bot(world)
    access = world.access(token=token, bot_users=[old])
    found = Found(launch.launch, world.place(launch), None, launch.status.note)
    seen = access.reader.observe(found, world.now)
    assert seen is not None
    assert seen[1].status == launch.status
    kept = launch.status.record.model_copy(update={"revision": 9})
    body = bodies.status_body("Newer.", kept, KEYS, launch.root.id)
    world.network.client(token).post(
        f"/projects/{launch.root.project}/issues/{launch.root.iid}/notes", {"body": body}
    )
    seen = access.reader.observe(found, world.now)
    assert seen is not None
    assert seen[1].status is not None
    assert seen[1].status.text == "Newer."


def test_status_note_that_a_person_pasted_does_not_count(world: World) -> None:
    """Its record verifies, because it is ours; the note is not."""
    launch = world.launch()
    assert launch.status is not None
    for note in world.actor("alice").notes(world.place(launch)):
        world.actor("alice").comment(world.place(launch), note["body"])
    status = again(world).status
    assert status is not None
    assert status.note == launch.status.note


# --- The definition -----------------------------------------------------------------------------


def test_launch_keeps_to_the_definition_that_it_started_with(world: World) -> None:
    """The installed one may change meanwhile, or go; the note on the root has the old one."""
    launch = world.launch()
    old = world.processes["small"]
    for installed in ({"small": process(tell={"title": "Else"})}, {}):
        world.processes.clear()
        world.processes.update(installed)
        world.shelf.kept.clear()
        access = world.access()
        for _ in range(2):
            seen = access.reader.observe(Found(launch.launch, world.place(launch)), world.now)
            assert seen is not None
            assert seen[0] == old
    assert list(world.shelf.kept) == [old.digest()]


def test_launch_keeps_to_the_part_of_the_definition_that_it_asked_for(world: World) -> None:
    """The installed one is known again by it, without a look at the note that keeps it."""
    whole = process(tell={"when": 'partner != "Acme Cloud"'})
    world.processes["small"] = whole
    launch = world.launch()
    seen = world.access().reader.observe(Found(launch.launch, world.place(launch)), world.now)
    assert seen is not None
    assert seen[0] is not None
    assert list(seen[0].phases) == ["scope", "build"]
    assert world.shelf.kept == {}


def test_definition_at_hand_is_checked_too(world: World) -> None:
    """The local database may hold anything; what does not fit is read from GitLab again."""
    launch = world.launch()
    old = world.processes["small"]
    world.processes["small"] = process(tell={"title": "Else"})
    for text in ("{", world.processes["small"].canonical()):
        world.shelf.kept[old.digest()] = text
        found = Found(launch.launch, world.place(launch))
        seen = world.access().reader.observe(found, world.now)
        assert seen is not None
        assert seen[0] == old
        assert world.shelf.kept[old.digest()] == old.canonical()


def test_launch_whose_definition_is_lost_stops(world: World) -> None:
    """It does not go on by rules that it did not start with."""
    launch = world.launch()
    for note in world.actor("root").notes(world.place(launch)):
        if "keeps the definition" in visible(note["body"]):
            rewrite(world, note["id"], record.hide(world.processes["small"].canonical())[:40], "x")
    assert again(world)
    world.processes["small"] = process(tell={"title": "Else"})
    with pytest.raises(PermanentError, match=r"no definition.*issues/2"):
        world.access().reader.observe(Found(launch.launch, world.place(launch)), world.now)


def test_root_without_record_has_the_process_of_its_request_or_label(world: World) -> None:
    """It stopped right after the root was opened; without either nobody knows."""
    place = world.request()
    observed = world.observe(place)
    plan = world.plan(observed)
    world.apply(observed, replace(plan, actions=plan.actions[:1]))
    observed = again(world)
    assert observed.root is not None
    assert observed.status is None
    world.actor("root").change(world.place(observed), labels="")
    assert again(world).root is not None
    with pytest.raises(PermanentError, match="no definition"):
        see(world, Found(observed.launch, world.place(observed)))


def see(world: World, found: Found) -> Observed:
    """What the bot sees of a launch at a place that it knows."""
    seen = world.access().reader.observe(found, world.now)
    assert seen is not None
    return seen[1]


def again(world: World) -> Observed:
    """What the bot sees, from nothing but the request."""
    return world.observe((world.project("office"), 1))


def rewrite(world: World, note: int, old: str, new: str) -> None:
    """Somebody with the right to do so edits a comment on the root issue."""
    path = f"/projects/{world.project('office')}/issues/2/notes/{note}"
    body = world.seeded.admin.get(path)["body"]
    assert old in body
    world.seeded.admin.put(path, {"body": body.replace(old, new)})


def unlink(world: World, root: Place, other: Place) -> None:
    """Somebody takes a link away."""
    for link in list(world.sim.state.projects[root[0]].issues[root[1]].links.values()):
        ends = (link.source, link.target)
        if other in [(end.project.id, end.iid) for end in ends]:
            for end in ends:
                del end.links[link.id]
