"""Comments, threads, reactions, mentions and to-dos."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World


def test_notes_are_listed_newest_first(world: World) -> None:
    """Order and direction can be chosen, system notes told apart."""
    at = world.at(world.issue())
    first = world.rita.post(f"{at}/notes", body="first")
    world.sim.clock.advance(timedelta(minutes=1))
    world.dora.post(f"{at}/notes", body="second")
    world.rita.put(at, discussion_locked=True)
    world.sim.clock.advance(timedelta(minutes=1))
    world.rita.put(f"{at}/notes/{first['id']}", body="first, edited")

    def bodies(**query: Any) -> list[str]:
        return [note["body"] for note in world.rita.get(f"{at}/notes", **query)]

    lock = "locked the discussion in this issue"
    assert bodies() == [lock, "second", "first, edited"]
    assert bodies(sort="asc") == ["first, edited", "second", lock]
    assert bodies(order_by="updated_at")[0] == "first, edited"
    assert bodies(activity_filter="only_comments") == ["second", "first, edited"]
    assert bodies(activity_filter="only_activity") == [lock]
    assert world.rita.get(at)["user_notes_count"] == 2


def test_note_has_the_documented_fields(world: World) -> None:
    """Where it hangs, who wrote it, and that it is no system note."""
    issue = world.issue()
    note = world.rita.post(f"{world.at(issue)}/notes", body="hello")
    assert note["noteable_type"] == "Issue"
    assert (note["noteable_id"], note["noteable_iid"]) == (issue["id"], issue["iid"])
    assert (note["system"], note["internal"], note["type"]) == (False, False, None)
    assert world.rita.get(f"{world.at(issue)}/notes/{note['id']}") == note
    said = world.rita.get(f"{world.at(issue)}/notes/999", 404)
    assert said == {"message": "404 Note Not Found"}


def test_bad_note_is_refused(world: World) -> None:
    """Missing, empty and too long bodies; strangers and locked discussions."""
    at = world.at(world.issue())
    assert world.rita.post(f"{at}/notes", 400) == {"error": "body is missing"}
    world.rita.post(f"{at}/notes", 400, body=" ")
    world.rita.post(f"{at}/notes", 400, body="x" * 1_000_001)
    world.open()
    world.nobody.post(f"{at}/notes", 401, body="x")
    world.nora.post(f"{at}/notes", body="x")
    world.rita.put(at, discussion_locked=True)
    world.nora.post(f"{at}/notes", 403, body="x")
    world.gus.post(f"{at}/notes", body="x")


def test_comments_need_a_text(world: World) -> None:
    """A new one says so as its model does, a changed one as its parameters do."""
    at = f"{world.at(world.issue())}/notes"
    blank = {"message": '400 Bad request - Note {:note=>["can\'t be blank"]}'}
    assert world.rita.post(at, 400, body=" ") == blank
    note = world.rita.post(at, body="x")
    assert world.rita.put(f"{at}/{note['id']}", 400, body="") == {"error": "body is empty"}


def test_only_author_and_maintainer_edit_a_note(world: World) -> None:
    """A Reporter may not touch the words of others; nobody touches system notes."""
    issue = world.issue()
    at = f"{world.at(issue)}/notes"
    note = world.dora.post(at, body="mine")
    path = f"{at}/{note['id']}"
    world.rita.put(path, 403, body="yours")
    world.rita.delete(path, 403)
    assert world.mia.put(path, body="moderated")["author"]["username"] == "dora"
    world.rita.put(world.at(issue), state_event="close")
    closed = world.rita.get(at)[0]
    world.mia.put(f"{at}/{closed['id']}", 403, body="x")
    world.dora.delete(path)
    world.dora.get(path, 404)


def test_notes_touch_updated_at_once_a_minute(world: World) -> None:
    """A second comment within the minute does not show in `updated_after`."""
    issue = world.issue()
    at = world.at(issue)
    world.sim.clock.advance(timedelta(seconds=30))
    world.rita.post(f"{at}/notes", body="early")
    assert world.rita.get(at)["updated_at"] == issue["updated_at"]
    world.sim.clock.advance(timedelta(seconds=31))
    world.rita.post(f"{at}/notes", body="late")
    assert world.rita.get(at)["updated_at"] == "2026-03-02T09:01:01.000Z"


def test_internal_note_is_for_planners_and_above(world: World) -> None:
    """Guests neither read nor write them; replies are internal too."""
    at = world.at(world.issue())
    world.gus.post(f"{at}/notes", 403, body="x", internal=True)
    note = world.rita.post(f"{at}/notes", body="secret", internal=True)
    assert note["internal"] is True
    assert world.gus.get(f"{at}/notes") == []
    world.gus.get(f"{at}/notes/{note['id']}", 404)
    thread = world.rita.get(f"{at}/discussions")[0]
    reply = world.pia.post(f"{at}/discussions/{thread['id']}/notes", body="also")
    assert reply["internal"] is True


def test_thread_holds_its_replies(world: World) -> None:
    """A lone comment becomes a thread when answered; system notes take no answer."""
    at = world.at(world.issue())
    opened = world.rita.post(f"{at}/discussions", body="question")
    assert opened["individual_note"] is False
    path = f"{at}/discussions/{opened['id']}"
    reply = world.dora.post(f"{path}/notes", body="answer")
    assert [n["body"] for n in world.rita.get(path)["notes"]] == ["question", "answer"]
    assert reply["type"] == "DiscussionNote"
    assert world.dora.get(f"{path}/notes/{reply['id']}")["body"] == "answer"
    assert world.dora.put(f"{path}/notes/{reply['id']}", body="better")["body"] == "better"
    world.rita.put(f"{path}/notes/{reply['id']}", 403, body="x")
    lone = world.rita.post(f"{at}/notes", body="lone")
    lone_path = f"{at}/discussions/{world.rita.get(f'{at}/discussions')[1]['id']}"
    assert world.rita.get(lone_path)["individual_note"] is True
    world.rita.get(f"{path}/notes/{lone['id']}", 404)
    world.dora.post(f"{lone_path}/notes", body="re")
    assert world.rita.get(lone_path)["individual_note"] is False
    world.dora.delete(f"{path}/notes/{reply['id']}")
    world.rita.get(f"{at}/discussions/unknown", 404)
    world.rita.put(at, state_event="close")
    system = world.rita.get(f"{at}/discussions")[-1]
    world.rita.post(f"{at}/discussions/{system['id']}/notes", 400, body="x")


def test_owner_may_date_a_note(world: World) -> None:
    """`created_at` is for Owners and administrators."""
    path = f"{world.at(world.issue())}/notes"
    old = "2020-01-02T03:04:05Z"
    assert world.olga.post(path, body="x", created_at=old)["created_at"].startswith("2020")
    assert world.rita.post(path, body="x", created_at=old)["created_at"].startswith("2026")


def test_reaction_is_given_once(world: World) -> None:
    """A second one of the same name is refused; only its giver takes it back."""
    issue = world.issue()
    path = f"{world.at(issue)}/award_emoji"
    award = world.rita.post(path, name="thumbsup")
    assert (award["awardable_type"], award["user"]["username"]) == ("Issue", "rita")
    world.rita.post(path, 404, name="thumbsup")
    unknown = world.rita.post(path, 404, name="no_such_thing")
    assert unknown == {"message": "404 Award Emoji Name is not a valid emoji name Not Found"}
    world.dora.post(path, name="thumbsdown")
    shown = world.rita.get(world.at(issue))
    assert (shown["upvotes"], shown["downvotes"]) == (1, 1)
    assert world.rita.get(f"{path}/{award['id']}")["name"] == "thumbsup"
    world.mia.delete(f"{path}/{award['id']}", 401)
    world.rita.delete(f"{path}/{award['id']}")
    world.rita.get(f"{path}/{award['id']}", 404)
    world.rita.get(f"{path}/x", 400)
    note = world.rita.post(f"{world.at(issue)}/notes", body="x")
    on_note = f"{world.at(issue)}/notes/{note['id']}/award_emoji"
    assert world.rita.post(on_note, name="eyes")["awardable_type"] == "Note"
    assert len(world.rita.get(on_note)) == 1
    world.open()
    world.rita.put(world.at(issue), discussion_locked=True)
    assert world.nora.post(path, 404, name="star") == {"message": "404 Award Emoji Not Found"}


def test_system_note_takes_no_reaction(world: World) -> None:
    """Only what people wrote does; the list of reactions to the note is there, and empty."""
    issue = world.issue()
    world.rita.put(world.at(issue), discussion_locked=True)
    [note] = world.rita.get(f"{world.at(issue)}/notes")
    path = f"{world.at(issue)}/notes/{note['id']}/award_emoji"
    said = world.rita.post(path, 404, name="eyes")
    assert said["message"] == "404 Award Emoji Awardable cannot be awarded emoji Not Found"
    assert world.rita.get(path) == []


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("tada", "tada"),
        (":rocket:", "rocket"),
        ("+1", "thumbsup"),
        ("clap_tone3", "clap_tone3"),
        ("face_with_peeking_eye", "face_with_peeking_eye"),
        ("slight_smile", "slight_smile"),
        ("flag_de", "flag_de"),
    ],
)
def test_emoji_has_a_known_name(world: World, name: str, usual: str) -> None:
    """With or without colons; a second name of an emoji becomes the first."""
    path = f"{world.at(world.issue())}/award_emoji"
    assert world.rita.post(path, name=name)["name"] == usual


def test_mention_gives_a_todo_and_makes_a_participant(world: World) -> None:
    """Not in code, not for those who cannot read it, not for oneself, and groups count."""
    issue = world.issue(description="@dora `@mia` @nora @rita @nobody_here\n```\n@olga\n```")
    at = world.at(issue)
    todos = world.dora.get("/todos")
    assert [(t["action_name"], t["target"]["iid"]) for t in todos] == [("directly_addressed", 1)]
    assert todos[0]["target_url"] == issue["web_url"]
    for name in ("mia", "nora", "rita", "olga"):
        assert world.people[name].get("/todos") == []
    people = [user["username"] for user in world.rita.get(f"{at}/participants")]
    assert people == ["rita", "dora"]
    world.dora.post(f"{at}/notes", body="done")
    assert world.dora.get("/todos") == []
    assert len(world.dora.get("/todos", state="done")) == 1
    world.root.post("/groups/team/members", user_id=world.nora.id, access_level=20)
    note = world.rita.post(f"{at}/notes", body="hello @team")
    todo = world.nora.get("/todos")[0]
    assert todo["action_name"] == "mentioned"
    assert todo["target_url"].endswith(f"#note_{note['id']}")
    world.rita.put(f"{at}/notes/{note['id']}", body="hello @team and @mia")
    assert len(world.nora.get("/todos")) == 1
    assert len(world.mia.get("/todos")) == 1


def test_todos_are_filtered_and_finished(world: World) -> None:
    """One by one or all at once; assignment makes one."""
    world.issue(assignee_ids=[world.dora.id])
    world.issue(description="ping @dora")
    assert [t["action_name"] for t in world.dora.get("/todos")] == ["mentioned", "assigned"]
    assert len(world.dora.get("/todos", action="assigned", type="Issue", project_id=1)) == 1
    first = world.dora.get("/todos")[0]
    done = world.dora.post(f"/todos/{first['id']}/mark_as_done")
    assert done["state"] == "done"
    world.dora.post("/todos/999/mark_as_done", 404)
    world.dora.post("/todos/mark_as_done", 204)
    assert world.dora.get("/todos") == []


def test_reference_leaves_one_note_on_the_other_issue(world: World) -> None:
    """By number, path or address, once per source; not from code or internal notes."""
    other = world.root.post("/projects", name="Other", namespace_id=world.group["id"])
    world.root.post(f"/projects/{other['id']}/members", user_id=world.rita.id, access_level=20)
    target = world.issue(title="target")
    second = world.issue(description="see #1 and `#1`, #99, no/where#1")
    world.rita.post(f"{world.at(second)}/notes", body="again #1")
    assert world.notes(target) == ["mentioned in issue #2"]
    there = world.rita.post(
        f"/projects/{other['id']}/issues",
        title="x",
        description=f"{target['web_url']} proj#2 https://else.where/team/proj/-/issues/1",
    )
    assert world.notes(target)[1:] == ["mentioned in issue team/other#1"]
    assert world.notes(second) == ["again #1", "mentioned in issue team/other#1"]
    assert world.notes(target, by="dora") == ["mentioned in issue #2"]
    world.rita.post(f"{world.at(there)}/notes", body="team/proj#3", internal=True)
    third = world.issue(title="third")
    world.rita.post(f"{world.at(there)}/notes", body="team/proj#3", internal=True)
    assert world.notes(third) == []


CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("/close", "Closed this issue.", {"state": "closed"}),
    ("/CLOSE  ", "Closed this issue.", {"state": "closed"}),
    ("/assign @dora", "Assigned @dora.", {"assignees": ["dora"]}),
    ("/assign me", "Assigned @rita.", {"assignees": ["rita"]}),
    ("/reassign @dora", "Changed assignee(s) to @dora.", {"assignees": ["dora"]}),
    ('/label ~"two words" ~plain', "Added", {"labels": ["old", "plain", "two words"]}),
    ('/label "two words" plain', "Added", {"labels": ["old", "plain", "two words"]}),
    ('/label ~"two words" plain', "Added", {"labels": ["old", "two words"]}),
    ("/unlabel ~old", 'Removed ~"old" label.', {"labels": []}),
    ("/unlabel", "Removed all labels.", {"labels": []}),
    ("/relabel ~plain", 'Replaced all labels with ~"plain" label.', {"labels": ["plain"]}),
    ("/due 2026-03-05", "Set the due date to Mar 5, 2026.", {"due_date": "2026-03-05"}),
    ("/due in 2 days", "Set", {"due_date": "2026-03-04"}),
    ("/due in a month", "Set", {"due_date": "2026-04-02"}),
    ("/due in 2 years", "Set", {"due_date": "2028-03-02"}),
    ("/due tomorrow", "Set", {"due_date": "2026-03-03"}),
    ("/due friday", "Set", {"due_date": "2026-03-06"}),
    ("/due March 31st", "Set", {"due_date": "2026-03-31"}),
    ("/due January 2", "Set", {"due_date": "2027-01-02"}),
    ("/due February 30, 2027", "Set", {"due_date": "2027-02-28"}),
    ("/remove_due_date", "Removed the due date.", {"due_date": None}),
    ("/title Better", 'Changed the title to "Better".', {"title": "Better"}),
    ("/confidential", "Made this issue confidential.", {"confidential": True}),
    ("/milestone %v1", 'Set the milestone to %"v1".', {}),
    ("/lock", "Locked the discussion.", {"discussion_locked": True}),
    ("/unsubscribe\n/subscribe", "Unsubscribed from notifications. Subsc", {"subscribed": True}),
    ("/unsubscribe", "Unsubscribed from notifications.", {"subscribed": False}),
    ("/react :star:", "Toggled :star: emoji reaction.", {}),
    ("/award :thumbsup:", "Toggled", {"upvotes": 1}),
    ("/estimate 1d", "Set time estimate to 1d.", {}),
    ("/todo", "Added a to-do item.", {}),
    ("/todo\n/done", "Added a to-do item. Could not apply done command.", {}),
    ("/relate #2", "Added #2 as a linked item related to this issue.", {}),
    (
        "/blocks #2",
        "Added #2 as a linked item blocked by this issue.",
        {"blocking_issues_count": 1},
    ),
    ("/duplicate #2", "Closed this Issue. Marked as", {"state": "closed"}),
    ("/clone team/proj", "Cloned this item to team/proj.", {}),
]


@pytest.fixture
def scene(world: World) -> World:
    """Two issues, some labels and a milestone."""
    for name in ("plain", "two words"):
        world.rita.post(f"{world.path}/labels", name=name, color="red")
    world.rita.post(f"{world.path}/milestones", title="v1")
    world.issue(labels="old", due_date="2026-03-09")
    world.issue(title="second")
    return world


@pytest.mark.parametrize(("text", "summary", "fields"), CASES, ids=[case[0] for case in CASES])
def test_quick_action_acts_and_leaves_no_note(
    scene: World, text: str, summary: str, fields: dict[str, Any]
) -> None:
    """A comment of commands only is answered with 202 and what they did."""
    at = f"{scene.path}/issues/1"
    done = scene.rita.post(f"{at}/notes", 202, body=text)
    assert done["summary"][0].startswith(summary)
    shown = scene.rita.get(at)
    shown["assignees"] = [user["username"] for user in shown["assignees"]]
    assert {key: shown[key] for key in fields} == fields
    assert all(note["system"] for note in scene.rita.get(f"{at}/notes"))


REFUSED = [
    "/reopen",
    "/assign @nobody",
    "/label ~unknown",
    "/relabel ~unknown",
    "/due someday",
    "/due Foo 3",
    "/milestone %v2",
    "/remove_milestone",
    "/unlock",
    "/relate #99",
    "/unlink #2",
    "/duplicate #99",
    "/move team/nope",
    "/clone no/where",
    "/react",
    "/title",
    "/draft",
    "/blocked_by #1",
    "/weight heavy",
    "/reassign",
]


@pytest.mark.parametrize("text", REFUSED)
def test_quick_action_that_does_not_apply_changes_nothing(scene: World, text: str) -> None:
    """No note is left; the answer says so, with 400 where the argument means nothing."""
    before = scene.rita.get(f"{scene.path}/issues/1/notes")
    answer = scene.client.post(
        f"/api/v4{scene.path}/issues/1/notes",
        json={"body": text},
        headers={"PRIVATE-TOKEN": scene.rita.token or ""},
    )
    said = answer.json().get("summary", [answer.json().get("message")])[0]
    assert re.match(r"(400 Bad request - )?(Failed|Unable|Could not apply|No linked) ", said)
    assert (answer.status_code == 400) == said.startswith("400")
    assert scene.rita.get(f"{scene.path}/issues/1/notes") == before


@pytest.mark.parametrize(
    "command",
    [
        *["/close", "/assign me", "/unassign", "/label ~plain", "/unlabel", "/due today"],
        *["/remove_due_date", "/title x", "/lock", "/relabel ~plain", "/confidential"],
        *["/milestone %v1", "/move team/nope", "/reassign me", "/duplicate #2"],
    ],
)
def test_guest_commands_change_nothing_of_others(scene: World, command: str) -> None:
    """Quick actions run with the rights of who posts them; the text is stripped all the same."""
    before = scene.rita.get(f"{scene.path}/issues/1")
    name = command[1:].split(" ", maxsplit=1)[0]
    told = scene.gus.post(f"{scene.path}/issues/1/notes", 202, body=command)
    assert told == {"commands_changes": {}, "summary": [f"Could not apply {name} command."]}
    note = scene.gus.post(f"{scene.path}/issues/1/notes", body=f"please\n{command}")
    assert note["body"] == "please"
    after = scene.rita.get(f"{scene.path}/issues/1")
    assert after | {"user_notes_count": 0} == before


TEXTS = [
    ("hello\n/close", "hello", "closed"),
    ("/close\n\nhello", "hello", "closed"),
    ("<!-- marker -->\n/close", "<!-- marker -->", "closed"),
    ("hello\r\n/close\r\nthere", "hello\nthere", "closed"),
    ("/shrug well", "\u00af\\\uff3f(\u30c4)\uff3f/\u00af", "opened"),
    ("a\r\nb", "a\nb", "opened"),
    ("a\r/close", "a/close", "opened"),
    ("a  \n\n", "a", "opened"),
    (">>>\n/close", None, "opened"),
    (">>>\n/close\n>>>\n\n/close", ">>>\n/close\n>>>", "closed"),
    ("```\n>>>\n```\n/close", "```\n>>>\n```", "closed"),
    (">>>\n```\n>>>\n/close\n```", ">>>\n```\n>>>\n```", "closed"),
    (">>> [!note] So\n/close\n>>>", None, "opened"),
    (">>>>\n>>>\n/close\n>>>>", None, "opened"),
    ("> >>>\n\n/close\n\n>>>", "> >>>\n\n>>>", "closed"),
    ("use `` `x` ``\n/close\nand `y`", None, "opened"),
    ("a[^1]\n\n[^1]: b\n/close", None, "opened"),
    ("a[^1]\n\n[^1]: b\n\n/close", "a[^1]\n\n[^1]: b", "closed"),
    ("hi\n/zoom x", "hi", "opened"),
    ("/launch approve", None, "opened"),
    ("/close-launch", None, "opened"),
    (" /close", None, "closed?"),
    ("> /close", None, "opened"),
    (">>>\n/close\n>>>", None, "opened"),
    ("```\n/close\n```", None, "opened"),
    ("    /close", None, "opened"),
    ("- a\n\n  /close", None, "opened"),
    ("`a\n/close\nb`", None, "opened"),
    ("text <!-- a\n/close\n--> b", None, "opened"),
    ("\\/close", None, "opened"),
    ("see a/close", None, "opened"),
    ("<div>\n/close\n</div>", None, "opened"),
    ("<div>\n\n/close\n\n</div>", "<div>\n\n</div>", "closed"),
    ("a\n<b>\n/close\n</b>", None, "opened"),
    (" - list\n\n/close\n\ntest\n\n", " - list\n\ntest", "closed"),
    ("a\n/close\n\n\nb", "a\n\nb", "closed"),
    ("/close\tnow", None, "opened"),
    ("/close:", None, "opened"),
    ("# /close", None, "opened"),
    ("| a |\n| - |\n| /close |", None, "opened"),
]


@pytest.mark.parametrize(("text", "left", "state"), TEXTS)
def test_markdown_decides_what_is_a_command(
    scene: World, text: str, left: str | None, state: str
) -> None:
    """Only lines of top-level paragraphs that start at column 1; the rest is text."""
    note = scene.rita.post(f"{scene.path}/issues/1/notes", body=text)
    assert note["body"] == (text if left is None else left)
    shown = scene.rita.get(f"{scene.path}/issues/1")
    assert shown["state"] == state.replace("closed?", "opened")


def test_commands_in_a_description_run_too(scene: World) -> None:
    """On creation they set first values, on update they change; Guests set first values too."""
    text = "text\n/label ~plain\n/assign @dora\n/relate #1\n/close"
    issue = scene.issue(description=text)
    assert (issue["description"], issue["labels"], issue["state"]) == ("text", ["plain"], "opened")
    assert issue["assignees"][0]["username"] == "dora"
    assert len(scene.rita.get(f"{scene.at(issue)}/links")) == 1
    changed = scene.rita.put(scene.at(issue), description="/close\n/unassign")
    assert (changed["description"], changed["state"], changed["assignees"]) == ("", "closed", [])
    guest = scene.issue("gus", description="x\n/label ~plain\n/due tomorrow")
    assert (guest["labels"], guest["due_date"]) == (["plain"], "2026-03-03")


def test_edited_note_runs_its_commands(scene: World) -> None:
    """A note edited to commands only vanishes."""
    at = f"{scene.path}/issues/1"
    note = scene.rita.post(f"{at}/notes", body="hello")
    path = f"{at}/notes/{note['id']}"
    assert scene.rita.put(path, body="hello\n/lock")["body"] == "hello"
    assert scene.rita.get(at)["discussion_locked"] is True
    assert scene.rita.put(path, 200)["body"] == "hello"
    assert scene.rita.put(path, 202, body="/unlock") == {
        "commands_changes": {"discussion_locked": False},
        "summary": ["Unlocked the discussion."],
    }
    scene.rita.get(path, 404)
    scene.rita.post(f"{at}/notes", 202, body="/unassign\n/close\n/reopen")


def test_move_command_moves(scene: World) -> None:
    """It needs Planner or Reporter in both projects."""
    other = scene.root.post("/projects", name="Other", namespace_id=scene.group["id"])
    at = f"{scene.path}/issues/1"
    refused = scene.rita.post(f"{at}/notes", 202, body="/move team/other")
    assert refused["summary"][0].startswith("Unable to move. Target project or group doesn't")
    scene.root.post(f"/projects/{other['id']}/members", user_id=scene.rita.id, access_level=20)
    said = scene.rita.post(f"{at}/notes", 202, body="/move team/other")
    assert said["summary"] == ["Moved this item to team/other."]
    assert scene.rita.get(f"/projects/{other['id']}/issues/1")["labels"] == []


def test_related_and_duplicate_issues_by_command(scene: World) -> None:
    """Links made by commands are links like others; blocking needs Premium."""
    at = f"{scene.path}/issues/1"
    scene.rita.post(f"{at}/notes", 202, body="/relate #2")
    scene.rita.post(f"{at}/notes", 202, body="/relate #2")
    assert len(scene.rita.get(f"{at}/links")) == 1
    scene.rita.post(f"{at}/notes", 202, body="/unlink #2")
    assert scene.rita.get(f"{at}/links") == []
    scene.rita.post(f"{at}/notes", 202, body="/duplicate #2")
    shown = scene.rita.get(at)
    assert shown["_links"]["closed_as_duplicate_of"].endswith("/projects/1/issues/2")
    scene.sim.tier = "free"
    scene.rita.post(f"{scene.path}/issues/2/notes", 202, body="/blocks #1")
    scene.rita.post(f"{scene.path}/issues/2/notes", 202, body="/milestone %v1")
    scene.rita.post(f"{scene.path}/issues/2/notes", 202, body="/remove_milestone")
    scene.rita.post(f"{scene.path}/issues/2/notes", 202, body="/lock")
    scene.rita.post(f"{scene.path}/issues/2/notes", 202, body="/unlock")
    scene.rita.post(f"{scene.path}/issues/2/notes", 202, body="/react :star:\n/react :star:")
    assert scene.rita.get(f"{scene.path}/issues/2/award_emoji") == []
    scene.rita.post(f"{scene.path}/issues/2/notes", 202, body="/assign @dora\n/unassign @dora")


def test_threads_of_issues_are_resolved(world: World) -> None:
    """By Developers and by whose issue or thread it is; an answer leaves them resolved."""
    at = world.at(world.issue())
    opened = world.pia.post(f"{at}/discussions", body="question")
    path = f"{at}/discussions/{opened['id']}"
    assert (opened["notes"][0]["resolvable"], opened["notes"][0]["resolved"]) == (True, False)
    world.gus.put(path, 403, resolved=True)
    assert world.pia.put(path, resolved=True)["notes"][0]["resolved_by"]["username"] == "pia"
    answer = world.gus.post(f"{path}/notes", body="answer")
    assert (answer["resolved"], answer["resolved_by"]["username"]) == (True, "gus")
    assert [note["resolved"] for note in world.dora.get(f"{path}/notes")] == [True, True]
    world.dora.put(path, resolved=False)
    assert world.pia.post(f"{path}/notes", body="more")["resolved"] is False
    world.dora.get(f"{at}/discussions/none/notes", 404)


def test_comment_alone_is_not_resolved(world: World) -> None:
    """Only threads are; an answer makes one of it."""
    at = world.at(world.issue())
    lone = world.dora.post(f"{at}/notes", body="lone")
    path = f"{at}/discussions/{world.dora.get(f'{at}/discussions')[0]['id']}"
    assert lone["resolvable"] is False
    world.dora.put(path, 403, resolved=True)
    refused = world.dora.put(f"{path}/notes/{lone['id']}", 400, resolved=True)
    assert refused == {"message": "400 Bad request - Note is not resolvable"}
    world.pia.post(f"{path}/notes", body="answer")
    assert world.dora.put(path, resolved=True)["notes"][0]["resolved"] is True
