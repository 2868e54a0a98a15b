"""Issues: what the API takes, answers, refuses, and leaves out without a word."""

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.conftest import World, build_world


def test_new_issue_has_the_documented_fields(world: World) -> None:
    """Numbers, references, links, checklist counts, web address."""
    issue = world.issue(description="- [ ] one\n- [x] two\n```\n- [ ] code\n```\n<!-- - [ ] no -->")
    assert issue["iid"] == 1
    assert issue["state"] == "opened"
    assert issue["references"] == {"short": "#1", "relative": "#1", "full": "team/proj#1"}
    assert issue["web_url"] == "http://gitlab.test/team/proj/-/issues/1"
    assert issue["task_completion_status"] == {"count": 2, "completed_count": 1}
    assert issue["task_status"] == "1 of 2 checklist items completed"
    assert issue["_links"]["notes"].endswith("/api/v4/projects/1/issues/1/notes")
    assert issue["created_at"] == "2026-03-02T09:00:00.000Z"
    assert issue["weight"] is None
    assert world.rita.get(world.at(issue)) == issue
    assert world.root.get(f"/issues/{issue['id']}")["iid"] == 1
    world.rita.get(f"/issues/{issue['id']}", 403)
    world.root.get("/issues/999", 404)


def test_free_tier_has_no_premium_fields(world: World) -> None:
    """Weight, epic and iteration are left out, and a weight is not taken."""
    world.sim.tier = "free"
    assert "weight" not in world.issue(weight=3)
    world.sim.tier = "premium"
    assert world.issue(weight=3)["weight"] == 3


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({}, {"error": "title is missing"}),
        ({"title": " "}, {"message": {"title": ["can't be blank"]}}),
        (
            {"title": "x" * 256},
            {"message": {"title": ["is too long (maximum is 255 characters)"]}},
        ),
        ({"title": "x", "confidential": "maybe"}, {"error": "confidential is invalid"}),
        ({"title": "x", "milestone_id": "x"}, {"error": "milestone_id is invalid"}),
        ({"title": ["x"]}, {"error": "title is invalid"}),
        ({"title": "x", "issue_type": "x"}, {"error": "issue_type does not have a valid value"}),
    ],
)
def test_bad_issue_is_refused(world: World, fields: Any, answer: Any) -> None:
    """400 with GitLab's two shapes of errors."""
    assert world.rita.post(f"{world.path}/issues", 400, **fields) == answer


def test_unknown_labels_become_project_labels_silently(world: World) -> None:
    """On create and update, by whoever may make labels; Guests' unknown ones are dropped."""
    issue = world.issue(labels="new,other")
    assert issue["labels"] == ["new", "other"]
    made = world.rita.get(f"{world.path}/labels/new")
    assert made["is_project_label"] is True
    assert world.issue("gus", labels="new,unknown")["labels"] == ["new"]
    world.rita.put(world.at(issue), add_labels="third", remove_labels="new,never")
    assert world.rita.get(world.at(issue))["labels"] == ["other", "third"]
    world.rita.get(f"{world.path}/labels/never", 404)
    world.rita.put(world.at(issue), labels="")
    assert world.rita.get(world.at(issue))["labels"] == []


def test_scoped_labels_exclude_each_other_on_premium_only(world: World) -> None:
    """The last one set wins; on Free both stay."""
    issue = world.issue(labels="gate::locked,plain")
    assert world.rita.put(world.at(issue), add_labels="gate::open")["labels"] == [
        "gate::open",
        "plain",
    ]
    world.sim.tier = "free"
    both = world.rita.put(world.at(issue), add_labels="gate::locked")["labels"]
    assert both == ["gate::locked", "gate::open", "plain"]


def test_assignee_without_access_is_dropped_with_success(world: World) -> None:
    """No error tells that the person is missing from the answer."""
    issue = world.issue(assignee_ids=[world.nora.id, world.dora.id, 999])
    assert [user["username"] for user in issue["assignees"]] == ["dora"]
    changed = world.rita.put(world.at(issue), assignee_ids=[world.nora.id])
    assert changed["assignees"] == []


def test_second_assignee_is_dropped_on_free(world: World) -> None:
    """Several assignees are a Premium feature; the answer is 200 all the same."""
    ids = [world.dora.id, world.mia.id]
    assert len(world.issue(assignee_ids=ids)["assignees"]) == 2
    world.sim.tier = "free"
    issue = world.issue(assignee_ids=ids)
    assert [user["username"] for user in issue["assignees"]] == ["dora"]
    assert issue["assignee"]["username"] == "dora"
    cleared = world.rita.put(world.at(issue), assignee_id=0)
    assert cleared["assignees"] == []


def test_closed_issue_names_who_closed_it(world: World) -> None:
    """Time and person on close, neither after reopening; events tell both."""
    issue = world.issue()
    world.sim.clock.advance(timedelta(hours=1))
    closed = world.dora.put(world.at(issue), state_event="close")
    assert closed["closed_by"]["username"] == "dora"
    assert closed["closed_at"] == closed["updated_at"] == "2026-03-02T10:00:00.000Z"
    world.dora.put(world.at(issue), state_event="close")
    opened = world.mia.put(world.at(issue), state_event="reopen")
    assert (opened["closed_by"], opened["closed_at"]) == (None, None)
    events = world.rita.get(f"{world.at(issue)}/resource_state_events")
    assert [(e["state"], e["user"]["username"]) for e in events] == [
        ("closed", "dora"),
        ("reopened", "mia"),
    ]
    one = world.rita.get(f"{world.at(issue)}/resource_state_events/{events[0]['id']}")
    assert one["state"] == "closed"
    assert world.notes(issue) == ["closed", "reopened"]


def test_label_events_say_who_and_when(world: World) -> None:
    """Labels leave events and no note; a deleted label leaves null."""
    issue = world.issue(labels="a")
    world.dora.put(world.at(issue), labels="b")
    path = f"{world.at(issue)}/resource_label_events"
    events = world.rita.get(path)
    assert [(e["action"], e["label"]["name"]) for e in events] == [
        ("add", "a"),
        ("add", "b"),
        ("remove", "a"),
    ]
    assert events[2]["user"]["username"] == "dora"
    assert world.notes(issue) == []
    world.rita.delete(f"{world.path}/labels/b")
    assert world.rita.get(world.at(issue))["labels"] == []
    assert world.rita.get(path)[1]["label"] is None
    world.rita.get(f"{path}/999", 404)


def test_changes_leave_system_notes(world: World) -> None:
    """The wording that people see in the activity of an issue."""
    stone = world.rita.post(f"{world.path}/milestones", title="v1 final")
    issue = world.issue(title="Old title", description="- [ ] one\n- [ ] two", labels="a")
    at = world.at(issue)
    put = world.rita.put
    put(at, title="New title")
    put(at, description="- [x] one\n- [ ] two")
    put(at, description="other")
    put(at, assignee_ids=[world.dora.id, world.mia.id])
    put(at, assignee_ids=[world.pia.id])
    put(at, due_date="2026-03-05")
    put(at, due_date=None)
    put(at, milestone_id=stone["id"])
    put(at, milestone_id=0)
    put(at, confidential=True)
    put(at, confidential=False)
    put(at, discussion_locked=True)
    put(at, discussion_locked=False)
    assert world.notes(issue) == [
        "changed title from **{-Old-} title** to **{+New+} title**",
        "marked the checklist item **one** as completed",
        "changed the description",
        "assigned to @dora and @mia",
        "assigned to @pia and unassigned @dora and @mia",
        "changed due date to March 5, 2026",
        "removed due date March 5, 2026",
        'changed milestone to %"v1 final"',
        'removed milestone %"v1 final"',
        "made the issue confidential",
        "made the issue visible to everyone",
        "locked the discussion in this issue",
        "unlocked the discussion in this issue",
    ]
    events = world.rita.get(f"{at}/resource_milestone_events")
    assert [(e["action"], e["milestone"]["title"]) for e in events] == [
        ("add", "v1 final"),
        ("remove", "v1 final"),
    ]


def test_first_values_leave_notes_too(world: World) -> None:
    """Due date, milestone and assignees of a new issue are told as if set just after."""
    stone = world.rita.post(f"{world.path}/milestones", title="v1")
    fields = {"milestone_id": stone["id"], "assignee_ids": [world.dora.id], "weight": 3}
    issue = world.issue(due_date="2026-03-05", **fields)
    assert world.notes(issue) == [
        "changed due date to March 5, 2026",
        "changed milestone to %v1",
        "assigned to @dora",
    ]
    world.rita.put(world.at(issue), weight=5)
    events = world.rita.get(f"{world.at(issue)}/resource_weight_events")
    assert [event["weight"] for event in events] == [5]


def test_label_change_touches_updated_at_once_a_minute(world: World) -> None:
    """Labels and assignees alone, by the same person, do not move the time again at once."""
    issue = world.issue()
    world.sim.clock.advance(timedelta(minutes=5))
    first = world.rita.put(world.at(issue), add_labels="a")["updated_at"]
    assert first == "2026-03-02T09:05:00.000Z"
    world.sim.clock.advance(timedelta(seconds=59))
    assert world.rita.put(world.at(issue), add_labels="b")["updated_at"] == first
    world.sim.clock.advance(timedelta(seconds=2))
    later = world.rita.put(world.at(issue), add_labels="c")["updated_at"]
    assert later == "2026-03-02T09:06:01.000Z"
    assert world.rita.put(world.at(issue), title="An issue")["updated_at"] == later


def test_guest_sets_metadata_only_while_creating(world: World) -> None:
    """On update the fields are left out with 200, and others' issues are 403."""
    world.rita.post(f"{world.path}/labels", name="a", color="red")
    issue = world.issue("gus", labels="a", assignee_ids=[world.dora.id], due_date="2026-03-05")
    assert (issue["labels"], issue["due_date"]) == (["a"], "2026-03-05")
    changed = world.gus.put(
        world.at(issue),
        title="Renamed",
        labels="",
        assignee_ids=[],
        due_date="",
        confidential=True,
    )
    assert changed["title"] == "Renamed"
    assert (changed["labels"], changed["due_date"]) == (["a"], "2026-03-05")
    assert changed["confidential"] is False
    world.gus.put(world.at(world.issue()), 403, title="x")
    world.gus.put(world.at(issue), 400)
    assert world.gus.put(world.at(issue), state_event="close")["state"] == "closed"


def test_confidential_issue_is_seen_by_few(world: World) -> None:
    """Planner and above, author and assignees; 404 for Guests and strangers."""
    issue = world.issue(confidential=True)
    at = world.at(issue)
    assert world.gus.get(at, 404) == {"message": "404 Not found"}
    assert world.gus.get(f"{world.path}/issues") == []
    world.pia.get(at)
    assert len(world.pia.get(f"{world.path}/issues", confidential=True)) == 1
    world.rita.put(at, confidential=False)
    world.rita.put(at, assignee_ids=[world.gus.id])
    world.rita.put(at, confidential=True)
    world.gus.get(at)
    own = world.issue("gus", confidential=True)
    world.gus.get(world.at(own))


def test_lost_membership_means_404(world: World) -> None:
    """Also for what one wrote oneself."""
    issue = world.issue("dora")
    world.mia.delete(f"{world.path}/members/{world.dora.id}")
    world.dora.get(world.at(issue), 404)


def test_public_project_lets_strangers_write_but_not_plan(world: World) -> None:
    """Whoever is signed in may report and comment; labels are for members."""
    world.open()
    world.rita.post(f"{world.path}/labels", name="a", color="#123")
    issue = world.issue("nora", labels="a", due_date="2026-03-05")
    assert (issue["labels"], issue["due_date"]) == ([], None)
    world.nora.post(f"{world.at(issue)}/notes", body="hi")
    assert len(world.nobody.get(f"{world.path}/issues")) == 1
    world.nobody.post(f"{world.path}/issues", 401, title="x")
    world.nobody.get("/issues", 401)
    assert len(world.nobody.get("/issues", scope="all")) == 1


def test_delete_needs_planner_owner_or_author(world: World) -> None:
    """Reporters to Maintainers may not delete the issues of others."""
    issue = world.issue("dora")
    world.mia.delete(world.at(issue), 403)
    world.pia.delete(world.at(issue))
    world.rita.get(world.at(issue), 404)
    world.gus.delete(world.at(world.issue("gus")))


def test_issues_switched_off_take_none(world: World) -> None:
    """403 on creation, and what is there is hidden."""
    issue = world.issue()
    world.mia.put(world.path, issues_access_level="disabled")
    world.rita.post(f"{world.path}/issues", 403, title="x")
    world.rita.get(world.at(issue), 404)
    assert world.rita.get(f"{world.path}/issues") == []


def test_owner_may_choose_number_and_time(world: World) -> None:
    """Others' wishes are ignored; a taken number is 409."""
    old = world.issue("olga", iid=7, created_at="2020-01-02T03:04:05Z")
    assert (old["iid"], old["created_at"]) == (7, "2020-01-02T03:04:05.000Z")
    assert world.issue(iid=100)["iid"] == 8
    world.olga.post(f"{world.path}/issues", 409, title="x", iid=7)


def test_moved_issue_takes_everything_along(world: World) -> None:
    """New ids, same author and times; the old one is closed and says where to."""
    other = world.root.post("/projects", name="Other", namespace_id=world.group["id"])
    path = f"/projects/{other['id']}/members"
    world.root.post(path, user_id=world.rita.id, access_level=20)
    linked = world.issue(title="Linked")
    world.root.post(f"/groups/{world.group['id']}/labels", name="shared", color="red")
    issue = world.issue("dora", labels="shared,local", due_date="2026-03-05")
    at = world.at(issue)
    world.rita.post(f"{at}/links", target_project_id=1, target_issue_iid=linked["iid"])
    world.rita.post(f"{at}/award_emoji", name="star")
    note = world.dora.post(f"{at}/notes", body="hello")
    world.sim.clock.advance(timedelta(hours=1))
    world.dora.post(f"{at}/move", 400, to_project_id=other["id"])
    moved = world.rita.post(f"{at}/move", to_project_id=other["id"])
    assert moved["project_id"] == other["id"]
    assert moved["author"]["username"] == "dora"
    assert moved["created_at"] == issue["created_at"]
    assert (moved["labels"], moved["due_date"]) == (["shared"], "2026-03-05")
    new_at = world.at(moved)
    copied = next(n for n in world.rita.get(f"{new_at}/notes") if n["body"] == "hello")
    assert copied["id"] != note["id"]
    assert copied["created_at"] == note["created_at"]
    assert copied["author"]["username"] == "dora"
    assert "moved from team/proj#2" in world.notes(moved)
    old = world.rita.get(at)
    assert (old["state"], old["moved_to_id"]) == ("closed", moved["id"])
    assert "moved to team/other#1" in world.notes(issue)
    links = world.rita.get(f"{world.at(linked)}/links")
    assert [link["id"] for link in links] == [moved["id"]]
    assert world.rita.get(f"{new_at}/award_emoji")[0]["name"] == "star"
    world.rita.post(f"{at}/move", 400, to_project_id=other["id"])
    same = world.rita.post(f"{new_at}/move", 400, to_project_id=other["id"])
    assert same["message"] == "Cannot move issue to project it originates from!"
    hidden = world.nora.post("/projects", name="Hidden")
    barred = world.rita.post(f"{new_at}/move", 400, to_project_id=hidden["id"])
    assert barred["message"] == "Unable to move. You have insufficient permissions."
    gone = world.rita.post(f"{new_at}/move", 404, to_project_id=999)
    assert gone["message"] == "404 Project Not Found"


def test_cloned_issue_is_the_actors_own(world: World) -> None:
    """A copy with or without notes; the original stays open."""
    issue = world.issue("dora", labels="a", description="text")
    world.dora.post(f"{world.at(issue)}/notes", body="hello")
    bare = world.rita.post(f"{world.at(issue)}/clone", to_project_id=1)
    full = world.rita.post(f"{world.at(issue)}/clone", to_project_id=1, with_notes=True)
    assert (bare["author"]["username"], bare["description"]) == ("rita", "text")
    assert world.notes(bare) == ["cloned from team/proj#1"]
    assert world.notes(full)[0] == "hello"
    assert world.rita.get(world.at(issue))["state"] == "opened"
    world.gus.post(f"{world.at(issue)}/clone", 400, to_project_id=1)


def test_subscription_and_todo_answer_304_when_so_already(world: World) -> None:
    """The author is subscribed from the start."""
    issue = world.issue()
    at = world.at(issue)
    world.rita.post(f"{at}/subscribe", 304)
    assert world.rita.post(f"{at}/unsubscribe")["subscribed"] is False
    world.rita.post(f"{at}/unsubscribe", 304)
    assert world.dora.post(f"{at}/subscribe")["subscribed"] is True
    todo = world.rita.post(f"{at}/todo")
    assert (todo["action_name"], todo["target"]["iid"]) == ("marked", 1)
    world.rita.post(f"{at}/todo", 304)
    people = world.rita.get(f"{at}/participants")
    assert [user["username"] for user in people] == ["rita"]
    assert world.rita.get(f"{at}/time_stats")["total_time_spent"] == 0
    assert world.rita.put(f"{at}/reorder", move_after_id=1)["iid"] == 1


def test_links_reach_across_projects_and_hide_the_unreadable(world: World) -> None:
    """Lists give whole issues with the relation, only those the caller may read."""
    other = world.root.post("/projects", name="Other", namespace_id=world.group["id"])
    world.root.post(f"/projects/{other['id']}/members", user_id=world.rita.id, access_level=20)
    here = world.issue(title="Here")
    there = world.rita.post(f"/projects/{other['id']}/issues", title="There")
    link = world.rita.post(
        f"{world.at(here)}/links", target_project_id=other["id"], target_issue_iid=there["iid"]
    )
    assert link["source_issue"]["title"] == "Here"
    assert (link["target_issue"]["title"], link["link_type"]) == ("There", "relates_to")
    entry = world.rita.get(f"{world.at(here)}/links")[0]
    assert (entry["title"], entry["link_type"]) == ("There", "relates_to")
    assert entry["issue_link_id"] == link["id"]
    assert entry["references"]["relative"] == "team/other#1"
    assert world.dora.get(f"{world.at(here)}/links") == []
    assert world.notes(here) == ["marked this issue as related to team/other#1"]
    assert world.notes(here, by="dora") == []
    path = f"{world.at(here)}/links/{link['id']}"
    assert world.rita.get(path)["id"] == link["id"]
    world.dora.get(path, 404)
    assert world.rita.delete(path, 200)["link_type"] == "relates_to"
    assert world.rita.get(f"{world.at(there)}/links") == []
    world.rita.get(path, 404)


def test_second_link_between_two_issues_is_409(world: World) -> None:
    """Whatever the direction; nobody links an issue to itself or to what is not there."""
    one, two = world.issue(), world.issue()
    ends = {"target_project_id": 1, "target_issue_iid": two["iid"]}
    world.rita.post(f"{world.at(one)}/links", **ends)
    said = world.rita.post(f"{world.at(one)}/links", 409, **ends)
    assert said == {"message": "Issue(s) already assigned"}
    back = {"target_project_id": "team/proj", "target_issue_iid": one["iid"]}
    world.rita.post(f"{world.at(two)}/links", 409, **back)
    itself = world.rita.post(f"{world.at(one)}/links", 422, **back)
    assert itself == {"message": "#1 cannot be added: cannot be related to itself"}
    world.rita.post(f"{world.at(one)}/links", 404, target_project_id=1, target_issue_iid=99)
    world.rita.post(f"{world.at(one)}/links", 400, target_project_id=1)


def test_blocking_is_premium(world: World) -> None:
    """403 on Free; each end names its side of the relation."""
    one, two = world.issue(), world.issue()
    ends = {"target_project_id": 1, "target_issue_iid": two["iid"], "link_type": "is_blocked_by"}
    world.sim.tier = "free"
    world.rita.post(f"{world.at(one)}/links", 403, **ends)
    world.sim.tier = "premium"
    world.rita.post(f"{world.at(one)}/links", **ends)
    assert world.rita.get(f"{world.at(one)}/links")[0]["link_type"] == "is_blocked_by"
    assert world.rita.get(f"{world.at(two)}/links")[0]["link_type"] == "blocks"
    assert world.rita.get(world.at(two))["blocking_issues_count"] == 1


def test_strangers_do_not_link(world: World) -> None:
    """Seeing a public project is not enough."""
    world.open()
    one, two = world.issue(), world.issue()
    ends = {"target_project_id": 1, "target_issue_iid": two["iid"]}
    barred = world.nora.post(f"{world.at(one)}/links", 403, **ends)
    assert "You must have at least the Guest role in both projects." in barred["message"]
    link = world.gus.post(f"{world.at(one)}/links", **ends)
    hidden = world.nora.delete(f"{world.at(one)}/links/{link['id']}", 404)
    assert hidden == {"message": "No Issue Link found"}


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["four", "three", "two", "one"]),
    ({"state": "closed"}, ["four"]),
    ({"state": "opened", "sort": "asc"}, ["one", "two", "three"]),
    ({"labels": "a"}, ["two", "one"]),
    ({"labels": "a,b"}, ["two"]),
    ({"labels": "None"}, ["four", "three"]),
    ({"labels": "Any"}, ["two", "one"]),
    ({"not[labels]": "b"}, ["four", "three", "one"]),
    ({"iids[]": [1, 3]}, ["three", "one"]),
    ({"not[iids][]": [1, 3]}, ["four", "two"]),
    ({"author_username": "DORA"}, ["three"]),
    ({"author_id": 5}, ["three"]),
    ({"not[author_username]": "dora"}, ["four", "two", "one"]),
    ({"assignee_username": "mia"}, ["one"]),
    ({"assignee_id": "None"}, ["four", "three", "two"]),
    ({"assignee_id": "Any"}, ["one"]),
    ({"assignee_id": 6}, ["one"]),
    ({"scope": "assigned_to_me"}, []),
    ({"scope": "created_by_me"}, ["four", "two", "one"]),
    ({"created_after": "2026-03-02T10:00:00Z", "sort": "asc"}, ["two", "three", "four"]),
    ({"created_before": "2026-03-02T10:00:00+00:00"}, ["two", "one"]),
    ({"updated_after": "2026-03-02T12:00:00.000Z"}, ["four"]),
    ({"updated_before": "2026-03-02T09:00:00Z"}, ["one"]),
    ({"search": "ON", "in": "title"}, ["one"]),
    ({"search": "visible"}, ["two"]),
    ({"search": "hidden"}, []),
    ({"search": "two", "in": "description"}, []),
    ({"due_date": "0"}, ["four", "two"]),
    ({"due_date": "any"}, ["three", "one"]),
    ({"due_date": "overdue"}, ["one"]),
    ({"due_date": "today"}, ["three"]),
    ({"due_date": "tomorrow"}, []),
    ({"due_date": "week"}, ["three"]),
    ({"due_date": "month"}, ["three", "one"]),
    ({"due_date": "next_month_and_previous_two_weeks"}, ["three", "one"]),
    ({"confidential": "true"}, ["three"]),
    ({"milestone": "v1"}, ["two"]),
    ({"milestone": "None"}, ["four", "three", "one"]),
    ({"milestone_id": "Any"}, ["two"]),
    ({"milestone_id": "Upcoming"}, ["two"]),
    ({"milestone_id": "Started"}, []),
    ({"issue_type": "task"}, ["four"]),
    ({"my_reaction_emoji": "star"}, ["one"]),
    ({"my_reaction_emoji": "None"}, ["four", "three", "two"]),
    ({"my_reaction_emoji": "Any"}, ["one"]),
    ({"order_by": "title", "sort": "asc"}, ["four", "one", "three", "two"]),
    ({"order_by": "updated_at"}, ["four", "three", "two", "one"]),
    ({"order_by": "due_date", "sort": "asc"}, ["one", "three", "two", "four"]),
    ({"order_by": "due_date", "sort": "desc"}, ["three", "one", "four", "two"]),
    ({"order_by": "popularity"}, ["four", "three", "two", "one"]),
    ({"order_by": "milestone_due", "sort": "asc"}, ["two", "one", "three", "four"]),
    ({"order_by": "priority"}, ["four", "three", "two", "one"]),
    ({"non_archived": "true"}, ["four", "three", "two", "one"]),
]


@pytest.fixture(scope="module")
def filtered() -> World:
    """Four issues that differ in everything one can filter by, made once."""
    return world_of_four()


def world_of_four() -> World:
    """Make the four issues, an hour apart, on Sunday 2026-03-01 and after."""
    world = build_world()
    hour = timedelta(hours=1)
    stone = world.rita.post(f"{world.path}/milestones", title="v1", due_date="2026-03-20")
    one = world.issue(title="one", labels="a", assignee_ids=[world.mia.id], due_date="2026-03-01")
    world.rita.post(f"{world.at(one)}/award_emoji", name="star")
    world.sim.clock.advance(hour)
    text = "visible <!-- hidden -->"
    world.issue(title="two", labels="a,b", description=text, milestone_id=stone["id"])
    world.sim.clock.advance(hour)
    world.issue("dora", title="three", confidential=True, due_date="2026-03-02")
    world.sim.clock.advance(hour)
    four = world.issue(title="four", issue_type="task")
    world.rita.put(world.at(four), state_event="close")
    return world


@pytest.mark.parametrize(("query", "titles"), FILTERS, ids=lambda v: str(v)[:60])
def test_list_filters_as_documented(filtered: World, query: Any, titles: list[str]) -> None:
    """Each filter and order of the issue list."""
    found = filtered.rita.get(f"{filtered.path}/issues", **query)
    assert [issue["title"] for issue in found] == titles


@pytest.mark.parametrize(
    "query",
    [
        {"state": "new"},
        {"order_by": "beauty"},
        {"sort": "up"},
        {"author_id": 1, "author_username": "a"},
        {"assignee_id": 1, "assignee_username": "a"},
        {"created_after": "yesterday"},
        {"due_date": "soon"},
    ],
    ids=str,
)
def test_bad_filter_is_refused(filtered: World, query: Any) -> None:
    """A wrong value is 400 and not an empty list."""
    filtered.rita.get(f"{filtered.path}/issues", 400, **query)


def test_group_and_global_lists_have_their_own_references(filtered: World) -> None:
    """Relative to what was asked; the global list has only one's own unless told otherwise."""
    group = filtered.rita.get("/groups/team/issues", iids=[1])
    assert group[0]["references"]["relative"] == "proj#1"
    mine = filtered.dora.get("/issues")
    assert [issue["references"]["relative"] for issue in mine] == ["team/proj#3"]
    assert len(filtered.dora.get("/issues", scope="all")) == 4
    detailed = filtered.rita.get(f"{filtered.path}/issues", labels="b", with_labels_details=True)
    assert detailed[0]["labels"][0]["name"] == "a"


def test_statistics_count_what_the_filters_leave(filtered: World) -> None:
    """All, closed and opened, for everything, a group and a project."""
    for path in ("", "/groups/team", filtered.path):
        found = filtered.dora.get(f"{path}/issues_statistics", labels="", scope="all")
        assert found["statistics"]["counts"] == {"all": 4, "closed": 1, "opened": 3}
        same = filtered.dora.get(f"{path}/issues_statistics", state="closed", scope="all")
        assert same == found, "statistics know no state to filter by"
    own = filtered.dora.get("/issues_statistics")["statistics"]["counts"]
    assert own == {"all": 1, "closed": 0, "opened": 1}


def test_no_type_and_impossible_times_are_no_trouble(world: World) -> None:
    """A null type is none sent; a time before all time is refused."""
    issue = world.issue(issue_type=None)
    assert world.rita.put(world.at(issue), issue_type=None, title="x")["issue_type"] == "issue"
    early = "0001-01-01T00:00:00+14:00"
    world.rita.get(f"{world.path}/issues", 400, created_after=early)
    board = world.mia.post(f"{world.path}/boards", name="Work")
    label = world.mia.post(f"{world.path}/labels", name="todo", color="#112233")
    at = f"{world.path}/boards/{board['id']}/lists"
    made = world.mia.post(at, label_id=label["id"])
    assert world.mia.put(f"{at}/{made['id']}", position=10**30)["position"] == 0


def test_stranger_opens_a_confidential_issue(world: World) -> None:
    """Whoever may open an issue may hide it, and sees it; the rest is for members."""
    world.root.put(f"/groups/{world.group['id']}", visibility="public")
    world.olga.put(world.path, visibility="public")
    issue = world.issue("nora", confidential=True, due_date="2026-03-05")
    assert (issue["confidential"], issue["due_date"]) == (True, None)
    assert world.issue("nora", description="/confidential")["confidential"] is True
    world.nora.get(world.at(issue))
    world.gus.get(world.at(issue), 404)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-3-5", "2026-03-05"),
        ("20260305", "2026-03-05"),
        ("2026-03-05T10:00:00Z", "2026-03-05"),
        ("2026-02-30", None),
        ("soon", None),
        ("", None),
    ],
)
def test_due_date_is_read_as_text(world: World, sent: str, kept: str | None) -> None:
    """What GitLab cannot read as a day is no day, with 200."""
    issue = world.issue(due_date="2026-03-01")
    assert world.rita.put(world.at(issue), due_date=sent)["due_date"] == kept


def test_issue_that_is_not_there(world: World) -> None:
    """Removing and reordering name what they miss; a number below one is one without an issue."""
    path = f"{world.path}/issues"
    assert world.rita.get(f"{path}/9", 404) == {"message": "404 Not found"}
    assert world.rita.get(f"{path}/-1", 404) == {"message": "404 Not found"}
    assert world.rita.get(f"{path}/x", 400) == {"error": "issue_iid is invalid"}
    assert world.olga.delete(f"{path}/9", 404) == {"message": "404 Issue Not Found"}
    missing = world.rita.put(f"{path}/9/reorder", 404, move_after_id=1)
    assert missing == {"message": "404 Issue Not Found"}


def test_hidden_issue_is_refused_to_who_would_change_it(world: World) -> None:
    """403, where only reading it is 404; nobody at all is asked for a token first."""
    at = world.at(world.issue(confidential=True))
    world.gus.get(at, 404)
    world.gus.put(at, 403, title="x")
    world.gus.delete(at, 403)
    world.gus.put(f"{at}/reorder", 403, move_after_id=1)
    world.gus.post(f"{at}/move", 404, to_project_id=1)
    world.nobody.get(at, 404)
    world.nobody.put(at, 401, title="x")
    world.nobody.post(f"{world.path}/labels", 401)


def test_public_things_that_need_a_token_all_the_same(world: World) -> None:
    """Labels, milestones, boards, notes, links and events, which GitLab shows nobody unknown."""
    world.open()
    at = world.at(world.issue())
    world.nobody.get(at)
    closed = ("notes", "discussions", "links", "resource_label_events", "resource_state_events")
    for path in (f"{world.path}/{name}" for name in ("labels", "milestones", "boards")):
        world.nobody.get(path, 401)
    for name in closed:
        world.nobody.get(f"{at}/{name}", 401)
    world.nobody.get("/search", 401, scope="issues", search="x")
    world.nobody.get(f"{at}/participants")


def test_issues_are_found_by_who_closed_them(world: World) -> None:
    """Reopened, they are not; statistics do not ask."""
    one, two, path = world.issue(), world.issue(), f"{world.path}/issues"
    for issue in (one, two):
        world.dora.put(world.at(issue), state_event="close")
    world.rita.put(world.at(two), state_event="reopen")
    assert [i["id"] for i in world.rita.get(path, closed_by_id=world.dora.id)] == [one["id"]]
    assert world.rita.get(path, closed_by_id=world.rita.id) == []
    counted = world.rita.get(f"{world.path}/issues_statistics", closed_by_id=world.rita.id)
    assert counted["statistics"]["counts"]["all"] == 2


def test_time_that_cannot_be_read_is_refused_in_gitlabs_words(world: World) -> None:
    """But to who may not track any, 403 comes first; a missing time before that."""
    at = world.at(world.issue())
    said = world.rita.post(f"{at}/time_estimate", 400, duration="foo")["message"]
    reason = "Time estimate must have a valid format and be greater than or equal to zero."
    assert said == f'400 Bad request - {{:reason=>"{reason}"}}'
    for path in ("time_estimate", "add_spent_time"):
        world.gus.post(f"{at}/{path}", 403, duration="foo")
        assert world.gus.post(f"{at}/{path}", 400) == {"error": "duration is missing"}


def test_label_lists_may_hold_commas_too(world: World) -> None:
    """Each entry of an array is itself separated by commas."""
    issue = world.issue(labels=["a", "b, c", "&,?"])
    assert issue["labels"] == ["&", "?", "a", "b", "c"]
    found = world.rita.get(f"{world.path}/issues", **{"labels[]": "a,b", "confidential": "n"})
    assert len(found) == 1


def test_owner_says_when_a_change_happened(world: World) -> None:
    """Its notes and events have that time as well."""
    then, path = "2020-01-01T00:00:00.000Z", f"{world.path}/issues"
    issue = world.olga.post(path, title="x", labels="a", created_at=then)
    assert world.rita.get(f"{world.at(issue)}/resource_label_events")[0]["created_at"] == then
    changed = {"title": "y", "state_event": "close", "updated_at": then}
    assert world.olga.put(world.at(issue), **changed)["updated_at"] == then
    assert world.rita.get(f"{world.at(issue)}/resource_state_events")[0]["created_at"] == then
    assert {n["created_at"] for n in world.rita.get(f"{world.at(issue)}/notes")} == {then}
    world.rita.put(world.at(issue), labels="b", updated_at=then)
    event = world.rita.get(f"{world.at(issue)}/resource_label_events")[-1]
    assert event["created_at"] == "2026-03-02T09:00:00.000Z"


def test_milestone_words_look_at_open_milestones_and_their_days(world: World) -> None:
    """Upcoming is the next one to end; not started, or not upcoming, leaves those with a day."""
    days = {
        "next": {"start_date": "2026-03-01", "due_date": "2026-03-03"},
        "over": {"start_date": "2026-02-01", "due_date": "2026-03-01"},
        "far": {"start_date": "2026-03-09", "due_date": "2026-03-16"},
        "plain": {},
    }
    for title, sent in days.items():
        stone = world.mia.post(f"{world.path}/milestones", title=title, **sent)
        world.issue(title=title, milestone_id=stone["id"])
    world.issue(title="none")

    def found(**sent: str) -> list[str]:
        return [i["title"] for i in world.rita.get(f"{world.path}/issues", sort="asc", **sent)]

    assert found(milestone_id="Upcoming") == ["next"]
    assert found(milestone_id="Started") == ["next", "over"]
    assert found(**{"not[milestone_id]": "Upcoming"}) == ["over"]
    assert found(**{"not[milestone_id]": "Started"}) == ["far"]
    assert found(**{"not[milestone_id]": "None"}) == ["next", "over", "far", "plain"]


def test_milestone_filters_take_titles_and_words(world: World) -> None:
    """`milestone` is a title; `milestone_id` is one of four words, in their case."""
    stone = world.mia.post(f"{world.path}/milestones", title="v1")
    issue, path = world.issue(milestone_id=stone["id"]), f"{world.path}/issues"
    found = [issue["iid"]]
    assert [i["iid"] for i in world.rita.get(path, milestone="v1")] == found
    assert [i["iid"] for i in world.rita.get(path, milestone_id="Any")] == found
    assert world.rita.get(path, milestone=str(stone["id"])) == []
    refused = {"error": "milestone_id does not have a valid value"}
    assert world.rita.get(path, 400, milestone_id=stone["id"]) == refused
    assert world.rita.get(path, 400, milestone_id="any") == refused


def test_more_time_than_was_spent_is_refused(world: World) -> None:
    """GitLab says so of the whole, not of a field."""
    refused = world.rita.post(f"{world.at(world.issue())}/add_spent_time", 400, duration="-1h")
    assert refused == {"message": {"base": ["Time to subtract exceeds the total time spent"]}}


def test_titles_lose_the_space_around_them(world: World) -> None:
    """Of issues and milestones, new or changed."""
    issue = world.issue(title="  Ship it \n")
    assert issue["title"] == "Ship it"
    assert world.rita.put(world.at(issue), title=" Sail ")["title"] == "Sail"
    stone = world.mia.post(f"{world.path}/milestones", title=" v1 ")
    assert stone["title"] == "v1"
    path = f"{world.path}/milestones/{stone['id']}"
    assert world.mia.put(path, title=" v2 ")["title"] == "v2"


def test_lists_do_not_say_who_follows(world: World) -> None:
    """One issue does; with offset or keyset, a list does not, and both show labels in detail."""
    issue = world.issue(labels="a")
    path = f"{world.path}/issues"
    assert "subscribed" in world.rita.get(world.at(issue))
    for how in ("legacy", "keyset"):
        (shown,) = world.rita.get(path, pagination=how, with_labels_details=True)
        assert "subscribed" not in shown
        assert shown["labels"][0]["name"] == "a"


def test_empty_and_odd_parameters_of_issues(world: World) -> None:
    """A flag may not be empty, and `not` takes parameters."""
    refused = world.rita.post(f"{world.path}/issues", 400, title="x", confidential="")
    assert refused == {"error": "confidential is empty"}
    assert world.rita.get(f"{world.path}/issues", 400, **{"not": "x"}) == {
        "error": "not is invalid"
    }
