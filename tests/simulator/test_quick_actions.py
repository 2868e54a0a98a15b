"""Quick actions: what each does to issues and merge requests, and when it does not apply.

https://docs.gitlab.com/user/project/quick_actions/
"""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request


def say(world: World, at: str, body: str, status: int = 202, by: str = "mia") -> Any:
    """Comment, and the answer."""
    return world.people[by].post(f"{at}/notes", status, body=body)


ON_ISSUES = [
    ("/estimate 1w 2d 3h", "time_stats.human_time_estimate", "1w 2d 3h"),
    ("/estimate_time 90m", "time_stats.time_estimate", 5400),
    ("/estimate 2", "time_stats.time_estimate", 7200),
    ("/estimate 1h 30", "time_stats.time_estimate", 5400),
    ("/estimate 1 day and 2 hours", "time_stats.human_time_estimate", "1d 2h"),
    ("/spend 1h 30m", "time_stats.total_time_spent", 5400),
    ("/spend_time 2d 2026-03-01", "time_stats.human_total_time_spent", "2d"),
    ("/WEIGHT 3", "weight", 3),
    ("/type incident", "issue_type", "incident"),
    ("/promote_to_incident", "type", "INCIDENT"),
    ("/label ~doing", "labels", ["doing"]),
    ("/labels doing", "labels", ["doing"]),
    ("/board_move ~doing", "labels", ["doing"]),
    ("/title New name", "title", "New name"),
    ("/due 2026-04-01", "due_date", "2026-04-01"),
    ("/assign me", "assignee.username", "mia"),
    ("/confidential", "confidential", True),
    ("/lock", "discussion_locked", True),
    ("/close", "state", "closed"),
    ("/copy_metadata #2", "labels", ["copied"]),
]


@pytest.mark.parametrize(("text", "field", "value"), ON_ISSUES, ids=[c[0] for c in ON_ISSUES])
def test_command_changes_an_issue(world: World, text: str, field: str, value: Any) -> None:
    """The change is there, the answer is 202 with a summary, and no note is left."""
    label = world.mia.post(f"{world.path}/labels", name="doing", color="#112233")
    board = world.mia.post(f"{world.path}/boards", name="Work")
    world.mia.post(f"{world.path}/boards/{board['id']}/lists", label_id=label["id"])
    issue = world.issue()
    world.issue(labels="copied")
    assert say(world, world.at(issue), text)["summary"]
    found = world.mia.get(world.at(issue))
    for part in field.split("."):
        found = found[part]
    assert found == value
    texts = [n["body"] for n in world.mia.get(f"{world.at(issue)}/notes") if not n["system"]]
    assert texts == []


UNDONE = [
    ("/estimate 1h", "/remove_estimate", "time_stats.time_estimate", 0),
    ("/estimate 1h", "/remove_time_estimate", "time_stats.time_estimate", 0),
    ("/estimate 1h", "/estimate 0", "time_stats.time_estimate", 0),
    ("/spend 1h", "/remove_time_spent", "time_stats.total_time_spent", 0),
    ("/spend 2h", "/spend -30m", "time_stats.total_time_spent", 5400),
    ("/weight 3", "/clear_weight", "weight", None),
    ("/type incident\n/severity high", "/severity s1", "severity", "CRITICAL"),
]


@pytest.mark.parametrize(("first", "second", "field", "value"), UNDONE)
def test_command_takes_back(world: World, first: str, second: str, field: str, value: Any) -> None:
    """What one sets, the other removes."""
    issue = world.issue()
    say(world, world.at(issue), first)
    say(world, world.at(issue), second)
    found = world.mia.get(world.at(issue))
    for part in field.split("."):
        found = found[part]
    assert found == value


UNABLE = "Could not apply {name} command."
REFUSED = [
    ("/estimate soon", None),
    ("/spend 1h 2030-01-01", None),
    ("/spend 1h 2026-02-30", None),
    ("/weight heavy", None),
    ("/label ~unknown", None),
    ("/milestone %unknown", None),
    ("/react tada", None),
    ("/react :no_such_thing:", None),
    ("/assign", "Failed to assign a user because no user was found."),
    ("/title", None),
    ("/due", None),
    ("/due someday", "Failed to set due date because the date format is invalid."),
    ("/clear_weight", UNABLE),
    ("/type epic", "Failed to convert this work item: Provided type is not supported."),
    ("/type issue", "Failed to convert this work item: Types are the same."),
    ("/promote_to epic", "Failed to promote this work item: You have insufficient permissions."),
    ("/promote_to task", "Failed to promote this work item: Provided type is not supported."),
    ("/estimate", None),
    ("/type", None),
    ("/move", None),
    ("/relate", None),
    ("/duplicate", None),
    ("/zoom", None),
    ("/copy_metadata", None),
    ("/milestone v1 later", None),
    ("/weight -1", None),
    ("/duplicate #1", "Failed to mark the Issue as duplicate of itself."),
    ("/duplicate #9", "Failed to mark this Issue as a duplicate because referenced item was not"),
    ("/unlink #1", "No linked item matches the provided parameter."),
    ("/zoom https://example.com/j/1", "Failed to add a Zoom meeting"),
    ("/remove_zoom", UNABLE),
    ("/add_email nobody", "No email participants were added."),
    ("/remove_email a@b.test", UNABLE),
    ("/timeline It broke | 2026-03-01 09:30", UNABLE),
    ("/create_merge_request fix", UNABLE),
    ("/epic &1", "This parent item does not exist or you don't have sufficient permission."),
    ("/health_status on_track", UNABLE),
    ("/iteration --current", UNABLE),
    ("/set_parent #1", "This parent item does not exist or you don't have sufficient permission."),
    ("/epic", None),
    ("/remove_parent", UNABLE),
    ("/convert_to_ticket a@b.test", UNABLE),
    ("/request_review @mia", UNABLE),
    ("/severity high", UNABLE),
    ("/board_move ~nothing", "Failed to move this issue because label was not found."),
    ("/copy_metadata #99", f"{UNABLE} Failed to find work item or merge request."),
    ("/assign @mia @nobody", f"{UNABLE} Failed to find users for '@nobody'."),
    ("/move no/where", "Unable to move. Target project or group doesn't exist or"),
    ("/clone no/where --with_notes", "Unable to clone. Target project or group doesn't"),
    ("/clone team/proj --with-notes", "Failed to clone this item: wrong parameters."),
    ("/reopen", UNABLE),
    ("/unassign", UNABLE),
    ("/unlabel", UNABLE),
    ("/relabel ~todo", UNABLE),
    ("/remove_due_date", UNABLE),
    ("/remove_milestone", UNABLE),
    ("/done", UNABLE),
    ("/subscribe", UNABLE),
    ("/unlock", UNABLE),
    ("/approve", UNABLE),
    ("/merge", UNABLE),
    ("/draft", UNABLE),
    ("/ready", UNABLE),
    ("/rebase", UNABLE),
    ("/target_branch main", UNABLE),
    ("/assign_reviewer @mia", UNABLE),
    ("/run_pipeline", UNABLE),
    ("/submit_review", UNABLE),
]


@pytest.mark.parametrize(("text", "said"), REFUSED, ids=[c[0] for c in REFUSED])
def test_command_that_does_not_apply_to_an_issue(world: World, text: str, said: str | None) -> None:
    """202 with what GitLab says of it, or 400 where it says nothing; nothing changes."""
    world.mia.post(f"{world.path}/labels", name="todo", color="#112233")
    world.mia.post(f"{world.path}/milestones", title="v1")
    board = world.mia.post(f"{world.path}/boards", name="Work")
    world.mia.post(f"{world.path}/boards/{board['id']}/lists", label_id=1)
    issue = world.issue(by="mia")
    before = world.mia.get(world.at(issue))
    answer = say(world, world.at(issue), text, 202 if said else 400)
    name = text[1:].split(" ", maxsplit=1)[0]
    if said:
        assert answer["commands_changes"] == {}
        assert answer["summary"][0].startswith(said.format(name=name))
    else:
        assert answer == {"message": "400 Bad request - Failed to apply commands."}
    assert world.mia.get(world.at(issue)) == before


def test_several_commands_are_told_in_one_text(world: World) -> None:
    """Those that do not apply among them; changes go by the names of GitLab's parameters."""
    label = world.mia.post(f"{world.path}/labels", name="todo", color="#112233")
    stone = world.mia.post(f"{world.path}/milestones", title="v 1")
    issue = world.issue()
    text = '/label ~todo\n/reopen\n/milestone %"v 1"\n/due 2026-04-01\n/assign me\n/todo'
    answer = say(world, world.at(issue), text)
    assert answer["summary"] == [
        (
            'Added ~"todo" label. Could not apply reopen command.'
            ' Set the milestone to %"v 1". Set the due date to Apr 1, 2026. Assigned @mia.'
            " Added a to-do item."
        )
    ]
    assert answer["commands_changes"] == {
        "add_label_ids": [label["id"]],
        "milestone_id": stone["id"],
        "due_date": "2026-04-01",
        "assignee_ids": [world.mia.id],
        "todo_event": "add",
    }


def test_description_of_something_new_runs_what_fits(world: World) -> None:
    """Values are set; closing, moving and the like need a thing that is there."""
    world.mia.post(f"{world.path}/labels", name="todo", color="#112233")
    text = "Hello\n/close\n/title No\n/label ~todo\n/due tomorrow\n/weight 2\n/lock\n/todo"
    issue = world.issue(by="mia", description=text)
    assert (issue["description"], issue["state"], issue["title"]) == ("Hello", "opened", "An issue")
    assert (issue["labels"], issue["due_date"], issue["weight"]) == (["todo"], "2026-03-03", 2)
    assert (issue["discussion_locked"], world.mia.get("/todos")) == (None, [])


ON_REQUESTS = [
    ("/draft", "draft", True),
    ("/target_branch old", "target_branch", "old"),
    ("/assign_reviewer @dora", "reviewers.0.username", "dora"),
    ("/reviewer me", "reviewers.0.username", "mia"),
    ("/request_review @dora", "reviewers.0.username", "dora"),
    ("/request_review me", "reviewers.0.username", "mia"),
    ("/reassign_reviewer @dora", "reviewers.0.username", "dora"),
    ("/merge", "state", "merged"),
    ("/run_pipeline", "head_pipeline.source", "merge_request_event"),
    ("/label ~ready", "labels", ["ready"]),
    ("/estimate 1mo", "time_stats.human_time_estimate", "1mo"),
]


@pytest.mark.parametrize(("text", "field", "value"), ON_REQUESTS, ids=[c[0] for c in ON_REQUESTS])
def test_command_changes_a_request(code: World, text: str, field: str, value: Any) -> None:
    """The same on merge requests."""
    world = code
    world.mia.post(f"{world.path}/labels", name="ready", color="#112233")
    world.dora.post(f"{world.path}/repository/branches", branch="old", ref="main")
    made = new_request(world)
    at = f"{world.path}/merge_requests/{made['iid']}"
    world.mia.post(f"{at}/notes", 202, body=text, merge_request_diff_head_sha=made["sha"])
    found = world.mia.get(at)
    for part in field.split("."):
        found = found[int(part)] if part.isdigit() else found[part]
    assert found == value


def test_reviewers_and_approvals_by_command(code: World) -> None:
    """Given and taken back, each once."""
    world = code
    at = f"{world.path}/merge_requests/{new_request(world)['iid']}"
    say(world, at, "/assign_reviewer @dora @mia")
    say(world, at, "/unassign_reviewer @dora")
    assert [u["username"] for u in world.mia.get(at)["reviewers"]] == ["mia"]
    say(world, at, "/reassign_reviewer @dora")
    say(world, at, "/remove_reviewer")
    assert world.mia.get(at)["reviewers"] == []
    say(world, at, "/approve")
    assert world.mia.get(f"{at}/approvals")["user_has_approved"] is True
    assert say(world, at, "/approve")["summary"] == ["Could not apply approve command."]
    say(world, at, "/unapprove")
    assert world.mia.get(f"{at}/approvals")["approved_by"] == []
    say(world, at, "/merge", by="rita")
    say(world, at, "/draft")
    assert "No change" in say(world, at, "/draft")["summary"][0]
    say(world, at, "/merge")
    assert world.mia.get(at)["state"] == "opened"


def test_merge_command_needs_the_head_that_is_meant(code: World) -> None:
    """Without it, or with another, nothing is merged; what runs is waited for."""
    world = code
    made = new_request(world)
    at = f"{world.path}/merge_requests/{made['iid']}"
    assert "requires the SHA" in say(world, at, "/merge")["summary"][0]
    note = {"body": "/merge", "merge_request_diff_head_sha": "0" * 40}
    assert "has been updated" in world.mia.post(f"{at}/notes", 202, **note)["summary"][0]
    world.dora.post(f"{world.path}/statuses/{made['sha']}", state="running")
    note["merge_request_diff_head_sha"] = made["sha"]
    answer = world.mia.post(f"{at}/notes", 202, **note)
    assert answer["commands_changes"] == {"merge": made["sha"]}
    assert answer["summary"][0].startswith("Scheduled to merge this merge request")
    assert world.mia.get(at)["state"] == "opened"
    world.dora.post(f"{world.path}/statuses/{made['sha']}", state="success")
    assert world.mia.get(at)["state"] == "merged"


SAID = [
    ("/spend -30m 2026-03-01", {"duration": -1800, "user_id": 6, "spent_at": "2026-03-01"}),
    ("/spend 1h [timecategory:work]", {"duration": 3600, "user_id": 6, "spent_at": "2026-03-02"}),
    ("/remove_time_spent", {"duration": "reset", "user_id": 6}),
]


@pytest.mark.parametrize(("text", "told"), SAID)
def test_time_spent_is_told_in_full(world: World, text: str, told: dict[str, Any]) -> None:
    """How much, by whom and when."""
    at = world.at(world.issue())
    say(world, at, "/spend 2h")
    answer = say(world, at, text)
    assert answer["commands_changes"] == {"spend_time": told | {"user_id": world.mia.id}}


def test_people_are_enumerated_and_named_as_typed(world: World) -> None:
    """Two with `and`, more with commas; who is unknown is named as in the comment."""
    at = world.at(world.issue())
    assert say(world, at, "/assign @dora, rita and me")["summary"] == [
        "Assigned @dora, @rita, and @mia."
    ]
    assert say(world, at, "/unassign @dora @rita")["summary"] == [
        "Removed assignees @dora and @rita."
    ]
    assert say(world, at, "/assign @dora do it!")["summary"] == [
        "Could not apply assign command. Failed to find users for 'do' and 'it!'."
    ]
    world.root.post(f"/groups/{world.group['id']}/members", user_id=world.pia.id, access_level=30)
    assert say(world, at, "/reassign @team")["summary"] == [
        "Changed assignee(s) to @root and @pia."
    ]


def test_free_has_one_assignee_and_no_reassigning(world: World) -> None:
    """The first of those named; replacing several is for who has several."""
    world.sim.tier = "free"
    at = world.at(world.issue())
    assert say(world, at, "/assign @dora @rita")["summary"] == ["Assigned @dora."]
    for name in ("reassign @mia", "weight 3", "blocks #1"):
        said = f"Could not apply {name.split()[0]} command."
        assert say(world, at, f"/{name}")["summary"] == [said]
    assert say(world, at, "/unassign @rita")["summary"] == ["Removed assignee @dora."]


def test_incident_commands(world: World) -> None:
    """Severities by word and number; the timeline and meetings leave a note."""
    issue = world.issue(issue_type="incident")
    at = world.at(issue)
    for word, severity in (("s2", "HIGH"), ("3", "MEDIUM"), ("low", "LOW")):
        say(world, at, f"/severity {word}")
        assert world.mia.get(at)["severity"] == severity
    assert say(world, at, "/severity 9")["summary"] == [
        "No severity matches the provided parameter"
    ]
    say(world, at, "/timeline It broke | 2026-03-01 09:30")
    assert say(world, at, "/weight 1")["summary"] == ["Could not apply weight command."]
    say(world, at, "/zoom https://acme.zoom.us/j/123456789?pwd=x")
    assert say(world, at, "/zoom https://zoom.us/j/1")["summary"] == [
        "Could not apply zoom command."
    ]
    say(world, at, "/remove_zoom")
    assert world.notes(issue)[-3:] == [
        "added an incident timeline event",
        "added a Zoom call to this issue",
        "removed a Zoom call from this issue",
    ]


def test_participants_by_email(world: World) -> None:
    """Added and removed, each once, whatever the case."""
    at = world.at(world.issue())
    said = "Added a@x.test and b@x.test."
    assert say(world, at, "/add_email a@x.test bad b@x.test a@x.test")["summary"] == [said]
    assert "already exist" in say(world, at, "/add_email A@X.test")["summary"][0]
    assert say(world, at, "/remove_email A@X.test")["summary"] == ["Removed a@x.test."]
    assert "don't exist" in say(world, at, "/remove_email c@x.test")["summary"][0]


def test_merge_request_is_made_from_an_issue(code: World) -> None:
    """A branch and a draft that closes the issue, by who may push."""
    world = code
    issue = world.issue(title="Fix the roof", labels="todo")
    answer = say(world, world.at(issue), "/create_merge_request roof", by="dora")
    told = {"branch_name": "roof", "issue_iid": issue["iid"]}
    assert answer["commands_changes"] == {"create_merge_request": told}
    made = world.dora.get(f"{world.path}/merge_requests", source_branch="roof")[0]
    assert (made["title"], made["draft"]) == ('Draft: Resolve "Fix the roof"', True)
    assert (made["description"], made["labels"]) == (f"Closes #{issue['iid']}", ["todo"])
    say(world, world.at(issue), "/create_merge_request", by="dora")
    assert world.dora.get(f"{world.path}/repository/branches/{issue['iid']}-fix-the-roof")
    assert say(world, world.at(issue), "/create_merge_request roof")["summary"] == [
        "Could not apply create_merge_request command."
    ]


def test_review_is_submitted_by_command(code: World) -> None:
    """What was pending is shown to all, and `approve` approves."""
    world = code
    at = f"{world.path}/merge_requests/{new_request(world)['iid']}"
    world.mia.post(f"{at}/draft_notes", note="Nice")
    said = "Submitted the current review. Approved the current merge request."
    assert say(world, at, "/submit_review approve")["summary"] == [said]
    assert "Nice" in [note["body"] for note in world.dora.get(f"{at}/notes")]
    assert world.mia.get(f"{at}/draft_notes") == []
    failed = "Submitted the current review. Failed to approve the current merge request."
    assert say(world, at, "/submit_review approve")["summary"] == [failed]


DAYS = [
    ("2 weeks from now", "2026-03-16"),
    ("3 days hence", "2026-03-05"),
    ("2 days ago", "2026-02-28"),
    ("next month", "2026-04-16"),
    ("31st December", "2026-12-31"),
    ("4 of July 2027", "2027-07-04"),
    ("Dec 31 2026", "2026-12-31"),
    ("12/31/2026", "2026-12-31"),
    ("2026/3/9", "2026-03-09"),
]


@pytest.mark.parametrize(("words", "day"), DAYS)
def test_due_dates_in_words(world: World, words: str, day: str) -> None:
    """The forms that GitLab's reader of dates knows."""
    at = world.at(world.issue())
    say(world, at, f"/due {words}")
    assert world.mia.get(at)["due_date"] == day


@pytest.mark.parametrize("words", ["5 days", "December 0", "in 9999 years", "Feb 3 0000", "1/2/3"])
def test_what_is_no_day_is_refused(world: World, words: str) -> None:
    """Without falling over it."""
    said = say(world, world.at(world.issue()), f"/due {words}")["summary"]
    assert said == ["Failed to set due date because the date format is invalid."]


def test_rebase_by_command(code: World) -> None:
    """The source branch stands on the target branch afterwards."""
    world = code
    at = f"{world.path}/merge_requests/{new_request(world)['iid']}"
    action = {"action": "create", "file_path": "new.md", "content": "x"}
    fields = {"branch": "main", "commit_message": "More", "actions": [action]}
    head = world.mia.post(f"{world.path}/repository/commits", **fields)
    say(world, at, "/rebase")
    assert world.mia.get(at)["diff_refs"]["base_sha"] == head["id"]


def test_time_is_tracked_by_api(world: World) -> None:
    """Set, added to and removed, by who may plan; what is no time is refused."""
    at = world.at(world.issue())
    stats = world.rita.post(f"{at}/time_estimate", 200, duration="3h 30m")
    assert stats["human_time_estimate"] == "3h 30m"
    world.rita.post(f"{at}/add_spent_time", duration="1mo")
    stats = world.rita.post(f"{at}/add_spent_time", duration="-1w")
    assert stats["human_total_time_spent"] == "3w"
    for path in ("time_estimate", "add_spent_time"):
        world.rita.post(f"{at}/{path}", 400, duration="soon")
        world.gus.post(f"{at}/{path}", 403, duration="1h")
    world.rita.post(f"{at}/time_estimate", 400, duration="-1h")
    world.rita.post(f"{at}/add_spent_time", 400, duration="-2mo")
    assert world.rita.post(f"{at}/reset_time_estimate", 200)["time_estimate"] == 0
    assert world.rita.post(f"{at}/reset_spent_time", 200)["human_total_time_spent"] is None


def test_merge_requests_block_each_other_by_command(code: World) -> None:
    """On Premium; each pair once, and taken apart from either side."""
    code.dora.post(f"{code.path}/repository/branches", branch="second", ref="topic")
    first = new_request(code)
    then = new_request(code, source_branch="second")
    one, two = (f"{code.path}/merge_requests/{item['iid']}" for item in (first, then))
    assert say(code, two, "/blocked_by !1")["summary"] == [
        "Added !1 as a linked item blocking this merge request."
    ]
    assert say(code, one, "/blocks !2")["summary"] == [
        "Added !2 as a linked item blocked by this merge request."
    ]
    assert len(code.mia.get(f"{two}/blocks")) == 1
    assert say(code, one, "/unlink !2")["summary"] == ["Removed linked item !2."]
    assert code.mia.get(f"{two}/blocks") == []
    assert say(code, one, "/unlink !2")["summary"] == [
        "No linked item matches the provided parameter."
    ]
    for name in ("blocks", "unlink"):
        say(code, one, f"/{name}", 400)
        code.sim.tier = "free"
        said = say(code, one, f"/{name} !2")["summary"]
        assert said == [f"Could not apply {name} command."]
        code.sim.tier = "premium"


def test_unknown_label_to_remove_is_told_as_all(world: World) -> None:
    """GitLab says that all are removed, and removes none."""
    issue = world.issue(labels="doing")
    said = say(world, world.at(issue), "/unlabel ~nope")
    assert said == {"commands_changes": {}, "summary": ["Removed all labels."]}
    assert world.rita.get(world.at(issue))["labels"] == ["doing"]


def test_tag_command_says_which_tag(code: World) -> None:
    """A comment of `/tag` alone makes no comment."""
    path = f"{code.path}/repository/commits/topic/comments"
    assert code.mia.post(path, 202, note="/tag v7 First one") == {
        "commands_changes": {"tag_name": "v7", "tag_message": "First one"},
        "summary": ['Tagged this commit to v7 with "First one".'],
    }
    assert code.mia.post(path, 202, note="/tag v8")["summary"] == ["Tagged this commit to v8."]


def test_time_notes_tell_what_was_before(world: World) -> None:
    """Estimates and due dates: added, changed and removed."""
    issue = world.issue()
    for text in ("/estimate 1h", "/estimate 2h", "/estimate 0", "/due 2026-03-05"):
        say(world, world.at(issue), text)
    say(world, world.at(issue), "/remove_due_date")
    assert world.notes(issue) == [
        "added time estimate of 1h",
        "changed time estimate to 2h from 1h",
        "removed time estimate of 2h",
        "changed due date to March 5, 2026",
        "removed due date March 5, 2026",
    ]


IMPOSSIBLE = [
    ("/spend -1h", "Subtracted 1h spent time."),
    ("/move team/proj", "Moved this item to team/proj."),
    (f"/title {'x' * 256}", f'Changed the title to "{"x" * 256}".'),
]


@pytest.mark.parametrize(("text", "said"), IMPOSSIBLE)
def test_what_cannot_be_is_told_as_done(world: World, text: str, said: str) -> None:
    """GitLab says what it was to do, and a change that cannot be is not made."""
    issue = world.issue()
    before = world.rita.get(world.at(issue))
    assert say(world, world.at(issue), text)["summary"] == [said]
    assert world.rita.get(world.at(issue)) == before
    both = say(world, world.at(issue), f"{text}\n/close", by="rita")["summary"]
    assert both == [f"{said} Closed this issue."]
    after = world.rita.get(world.at(issue))
    assert (after["state"], after["title"]) == ("closed", before["title"])


def test_title_that_cannot_be_is_refused_in_a_description(world: World) -> None:
    """There the whole change is a problem of the title."""
    issue = world.issue()
    said = world.rita.put(world.at(issue), 400, description=f"x\n/title {'y' * 256}")
    assert list(said["message"]) == ["title"]


def test_reviewers_request_changes(code: World) -> None:
    """Nobody else does."""
    item = new_request(code)
    at = f"{code.path}/merge_requests/{item['iid']}"
    refused = say(code, at, "/request_changes")["summary"]
    assert refused == ["Could not apply request_changes command."]
    say(code, at, "/assign_reviewer me")
    done = say(code, at, "/request_changes")["summary"]
    assert done == ["Changes requested to the current merge request."]
    assert code.mia.get(f"{at}/reviewers")[0]["state"] == "requested_changes"


def test_unknown_people_are_named_as_they_are_meant(world: World) -> None:
    """Underscores may be escaped for Markdown."""
    said = say(world, world.at(world.issue()), "/assign @no\\_body")["summary"]
    assert said == ["Could not apply assign command. Failed to find users for '@no_body'."]


@pytest.mark.parametrize("text", ["/rebase\n/merge", "/merge\n/rebase"])
def test_merge_is_ignored_beside_rebase(code: World, text: str) -> None:
    """The branch might be merged before it is rebased."""
    item = new_request(code)
    at = f"{code.path}/merge_requests/{item['iid']}"
    code.mia.post(f"{at}/notes", 202, body=text, merge_request_diff_head_sha=item["sha"])
    assert code.mia.get(at)["state"] == "opened"
