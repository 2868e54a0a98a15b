"""Epics, the issues in them, and comments on them (Premium).

https://docs.gitlab.com/api/epics/ and https://docs.gitlab.com/api/epic_issues/
"""

from typing import Any

import pytest

from tests.simulator.conftest import World


@pytest.fixture
def group(world: World) -> str:
    """The API path of the group, in which Rita is a Reporter."""
    path = f"/groups/{world.group['id']}"
    world.root.post(f"{path}/members", user_id=world.rita.id, access_level=20)
    return path


def test_epics_are_made_found_and_removed(world: World, group: str) -> None:
    """By Planners and above; on Free there are none."""
    fields = {"labels": "big,new", "due_date_fixed": "2026-06-01", "due_date_is_fixed": True}
    made = world.rita.post(f"{group}/epics", title="Wings", description="fly", **fields)
    assert (made["iid"], made["labels"], made["due_date"]) == (1, ["big", "new"], "2026-06-01")
    assert made["references"]["full"] == "team&1"
    world.rita.post(f"{group}/epics", 400)
    world.rita.post(f"{group}/epics", 400, title=" ")
    world.rita.put(f"{group}/epics/1", 400, color="loud")
    world.gus.post(f"{group}/epics", 403, title="x")

    def found(**params: Any) -> int:
        return len(world.rita.get(f"{group}/epics", **params))

    assert (found(search="FLY"), found(search="swim")) == (1, 0)
    assert (found(labels="big"), found(labels="small"), found(**{"not[labels]": "big"})) == (
        1,
        0,
        0,
    )
    assert (found(author_username="rita"), found(author_id=world.mia.id)) == (1, 0)
    shown = world.rita.put(f"{group}/epics/1", state_event="close", remove_labels="new")
    assert (shown["state"], shown["closed_at"] is not None, shown["labels"]) == (
        "closed",
        True,
        ["big"],
    )
    assert (found(state="opened"), found(state="closed")) == (0, 1)
    details = world.rita.get(f"{group}/epics", with_labels_details=True)[0]["labels"]
    assert details[0]["name"] == "big"
    world.rita.put(f"{group}/epics/1", confidential=True)
    world.gus.get(f"{group}/epics/1", 404)
    world.rita.delete(f"{group}/epics/1")
    world.rita.get(f"{group}/epics/1", 404)
    world.rita.get(f"{group}/epics/x", 400)
    world.sim.tier = "free"
    world.rita.get(f"{group}/epics", 403)


def test_issues_are_in_one_epic(world: World, group: str) -> None:
    """Put in by either side, taken out again; lists find them by it."""
    for title in ("Wings", "Wheels"):
        world.rita.post(f"{group}/epics", title=title)
    issue = world.issue()
    tie = world.rita.post(f"{group}/epics/1/issues/{issue['id']}")
    assert (tie["epic"]["title"], tie["issue"]["epic_iid"]) == ("Wings", 1)
    assert world.rita.get(f"{group}/epics/1/issues")[0]["epic_issue_id"] == tie["id"]
    moved = world.rita.put(world.at(issue), epic_id=tie["epic"]["id"] + 1)
    assert moved["epic"]["title"] == "Wheels"
    assert world.rita.get(f"{group}/epics/1/issues") == []
    path = f"{world.path}/issues"
    assert len(world.rita.get(path, epic_id="Any")) == 1
    assert world.rita.get(path, epic_id="None") == []
    assert len(world.rita.get(path, epic_id=moved["epic"]["id"])) == 1
    world.rita.put(world.at(issue), 403, epic_id=99)
    assert world.rita.put(world.at(issue), epic_id=0)["epic"] is None
    tie = world.rita.post(f"{group}/epics/2/issues/{issue['id']}")
    again = world.rita.post(f"{group}/epics/2/issues/{issue['id']}")
    assert again["id"] == tie["id"]
    world.rita.delete(f"{group}/epics/2/issues/99", 404)
    world.rita.delete(f"{group}/epics/2/issues/{tie['id']}", 200)
    world.rita.post(f"{group}/epics/2/issues/99", 404)
    born = world.issue(epic_iid=2)
    assert born["epic"]["title"] == "Wheels"
    world.olga.delete(world.at(born))
    assert world.rita.get(f"{group}/epics/2/issues") == []
    kept = world.issue(epic_iid=1)
    world.rita.delete(f"{group}/epics/1")
    assert world.rita.get(world.at(kept))["epic"] is None


def test_comments_on_epics(world: World, group: str) -> None:
    """By the id of the epic; GitLab's own lines stay."""
    epic = world.rita.post(f"{group}/epics", title="Wings")
    at = f"{group}/epics/{epic['id']}/notes"
    note = world.gus.post(at, body="Nice")
    world.rita.post(f"{group}/epics/1/issues/{world.issue()['id']}")
    assert [n["body"] for n in world.rita.get(at, sort="asc")] == [
        "Nice",
        "added issue team/proj#1",
    ]
    own = world.rita.get(at)[0]["id"]
    world.rita.put(f"{at}/{own}", 403, body="x")
    world.rita.put(f"{at}/{note['id']}", 403, body="x")
    assert world.gus.put(f"{at}/{note['id']}", body="Very nice")["body"] == "Very nice"
    world.gus.delete(f"{at}/{note['id']}")
    world.gus.get(f"{at}/{note['id']}", 404)
    world.gus.get(f"{group}/epics/99/notes", 404)


def test_epics_by_quick_action(world: World, group: str) -> None:
    """An issue is put in, taken out, or becomes one."""
    epic = world.rita.post(f"{group}/epics", title="Wings")
    issue = world.issue(labels="todo")
    notes = f"{world.at(issue)}/notes"

    def say(text: str) -> str:
        return str(world.rita.post(notes, 202, body=text)["summary"][0])

    assert say("/epic &1") == "Added an issue to an epic."
    assert say("/epic team&1") == "#1 has already been added to parent &1."
    assert say("/remove_parent") == "Parent item removed successfully."
    assert say(f"/set_parent {epic['web_url']}") == "Parent item set successfully."
    assert world.rita.get(world.at(issue))["epic"]["iid"] == 1
    assert say("/promote_to epic") == "Promoted successfully."
    assert world.rita.get(world.at(issue))["state"] == "closed"
    assert world.rita.get(f"{group}/epics/2")["title"] == "An issue"


def test_quick_actions_on_epics(world: World, group: str) -> None:
    """In comments and descriptions; what does not apply says so; a word among them is kept."""
    world.root.post(f"{group}/labels", name="big", color="#112233")
    epic = world.rita.post(f"{group}/epics", title="Wings", description="Text\n\n/label ~big")
    assert (epic["description"], epic["labels"]) == ("Text", ["big"])
    issue, at = world.issue(), f"{group}/epics/{epic['id']}/notes"

    def say(text: str) -> tuple[str, Any]:
        done = world.rita.post(at, 202, body=text)
        return done["summary"][0], done["commands_changes"]

    def shown() -> Any:
        return world.rita.get(f"{group}/epics/1")

    assert say("/close") == ("Closed this epic.", {"state_event": "close"})
    assert say("/close")[0] == "Could not apply close command."
    assert (shown()["state"], say("/reopen")[0]) == ("closed", "Reopened this epic.")
    assert say("/title Sails")[0] == 'Changed the title to "Sails".'
    assert say("/unlabel ~big")[0] == 'Removed ~"big" label.'
    assert say("/unlabel")[0] == "Could not apply unlabel command."
    assert say("/relabel ~big")[0] == "Could not apply relabel command."
    assert say("/label ~big")[0] == 'Added ~"big" label.'
    assert say("/relabel ~big")[0] == 'Replaced all labels with ~"big" label.'
    assert say("/unlabel")[0] == "Removed all labels."
    assert say("/confidential")[0] == "Made this epic confidential."
    assert say("/confidential")[0] == "Could not apply confidential command."
    assert say("/due 2026-04-01")[0] == "Set the due date to Apr 1, 2026."
    assert say("/due never")[0] == "Failed to set due date because the date format is invalid."
    assert say("/remove_due_date")[0] == "Removed the due date."
    assert say("/remove_due_date")[0] == "Could not apply remove_due_date command."
    named = issue["references"]["full"]
    assert say(f"/add_child {named}")[0] == f"Added {named} as a child item."
    assert world.rita.get(world.at(issue))["epic"]["iid"] == 1
    assert say(f"/add_child {named}")[0] == "Could not apply add_child command."
    assert say(f"/remove_child {issue['web_url']}")[0] == f"Removed {named} as a child item."
    assert say("/merge")[0] == "Could not apply merge command."
    for name in ("title", "due", "label ~none", "add_child", "remove_child"):
        world.rita.post(at, 400, body=f"/{name}")
    world.rita.post(f"{group}/epics/1/issues/{issue['id']}")
    world.rita.post(at, 400, body=" ")
    note = world.rita.post(at, body="Fly\n/reopen", internal=True)
    assert (note["body"], note["internal"]) == ("Fly", True)
    world.root.put(f"{group}/epics/1", confidential=False)
    assert world.gus.post(at, 202, body="/close")["summary"] == ["Could not apply close command."]
    assert "Fly" not in [n["body"] for n in world.gus.get(at, order_by="updated_at")]
