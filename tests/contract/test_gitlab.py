"""What the bot relies on in GitLab of issues, people and labels, as one user with a token sees it.

`ground` says where this runs.
"""

from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import pytest

from bot.gitlab.client import NotAllowed, NotVisible
from tests.contract.ground import HIDDEN, PREFIX, Ground, Issue

# --- People and projects ------------------------------------------------------------------------


def test_user_is_found_by_name_in_any_case(ground: Ground) -> None:
    """`/users?username=` is exact but for the case, and empty for nobody."""
    (found,) = ground.client.list("/users", username=ground.me["username"].upper())
    assert found["id"] == ground.me["id"]
    assert ground.client.list("/users", username=f"{PREFIX}-nobody") == []


def test_project_is_found_by_id_and_by_encoded_path(ground: Ground) -> None:
    """Slashes as %2F."""
    path = quote(ground.here["path_with_namespace"], safe="")
    assert ground.client.get(f"/projects/{path}")["id"] == ground.here["id"]
    assert ground.client.get(f"/projects/{ground.here['id']}")["path"] == ground.here["path"]


def test_what_is_not_there_is_not_visible(ground: Ground) -> None:
    """Projects, issues, notes and lists below them."""
    issue = ground.open()
    for path in (
        f"/projects/{PREFIX}%2Fnone",
        f"{ground.issues()}/999999",
        f"{ground.issues()}/999999/links",
        f"{ground.at(issue)}/notes/1",
    ):
        with pytest.raises(NotVisible):
            ground.client.get(path)
    with pytest.raises(NotVisible):
        ground.client.list(f"/projects/{PREFIX}%2Fnone/issues")


def test_member_has_a_level_and_others_have_none(ground: Ground) -> None:
    """`members/all` counts inherited ones; owners of a personal project have 50 (or 40 before)."""
    members = f"/projects/{ground.here['id']}/members/all"
    assert ground.client.get(f"{members}/{ground.me['id']}")["access_level"] >= 40
    if ground.stranger:
        with pytest.raises(NotVisible):
            ground.client.get(f"{members}/{ground.stranger['id']}")


# --- Issues -------------------------------------------------------------------------------------


def test_issue_is_opened_with_everything_at_once(ground: Ground) -> None:
    """Labels that nobody knows are made; hidden comments stay in the text."""
    made = ground.open(
        "All of it",
        description=HIDDEN,
        labels="launch,gate::open,two words",
        due_date="2030-02-28",
        confidential=True,
        assignee_ids=[ground.me["id"]],
    )
    for raw in (made, ground.read(made)):
        assert (raw["title"], raw["description"]) == ("All of it", HIDDEN)
        assert sorted(raw["labels"]) == ["gate::open", "launch", "two words"]
        assert (raw["due_date"], raw["confidential"], raw["state"]) == (
            "2030-02-28",
            True,
            "opened",
        )
        assert [user["id"] for user in raw["assignees"]] == [ground.me["id"]]
        assert raw["author"]["id"] == ground.me["id"]
        assert raw["project_id"] == ground.here["id"]
        assert raw["web_url"].startswith("http")
        assert raw["moved_to_id"] is None
        assert datetime.fromisoformat(raw["created_at"]).tzinfo is not None


def test_plain_issue_has_nulls_and_empty_lists(ground: Ground) -> None:
    """No key is missing."""
    raw = ground.open()
    assert (raw["description"] or "", raw["due_date"]) == ("", None)
    assert (raw["labels"], raw["assignees"], raw["confidential"]) == ([], [], False)


@pytest.mark.parametrize("title", ["", "x" * 256], ids=["none", "too long"])
def test_issue_without_a_proper_title_is_refused(ground: Ground, title: str) -> None:
    """At most 255 characters; the reason is told."""
    with pytest.raises(NotAllowed) as caught:
        ground.open(title)
    assert not caught.value.is_conflict
    assert "title" in caught.value.why


def test_labels_are_added_and_removed_one_by_one(ground: Ground) -> None:
    """Those that are not named stay; removing one that is not there is no mistake."""
    issue = ground.open(labels="mine,gate::locked")
    raw = ground.change(issue, add_labels="gate::open,new", remove_labels="gate::locked,never")
    assert sorted(raw["labels"]) == ["gate::open", "mine", "new"]
    assert sorted(ground.read(issue)["labels"]) == ["gate::open", "mine", "new"]


def test_dates_and_people_are_set_and_kept(ground: Ground) -> None:
    """A change of one field leaves the others."""
    issue = ground.open(labels="mine")
    ground.change(issue, due_date="2030-03-01")
    raw = ground.change(issue, assignee_ids=[ground.me["id"]])
    assert (raw["due_date"], raw["labels"]) == ("2030-03-01", ["mine"])
    assert [user["id"] for user in raw["assignees"]] == [ground.me["id"]]


def test_person_without_access_is_dropped_without_a_word(ground: Ground) -> None:
    """With 200 and 201; only the answer shows it."""
    if ground.stranger is None:
        pytest.skip("this GitLab shows no other user")
    made = ground.open(assignee_ids=[ground.stranger["id"]])
    assert made["assignees"] == []
    assert ground.change(made, assignee_ids=[ground.stranger["id"]])["assignees"] == []


def test_issue_is_closed_and_reopened(ground: Ground) -> None:
    """Closing what is closed changes nothing and is no mistake."""
    issue = ground.open()
    states = [
        ground.change(issue, state_event=event)["state"] for event in ("close", "close", "reopen")
    ]
    assert states == ["closed", "closed", "opened"]


def test_issue_becomes_confidential(ground: Ground) -> None:
    """When its launch does."""
    assert ground.change(ground.open(), confidential=True)["confidential"] is True


def test_moved_issue_names_its_successor(ground: Ground) -> None:
    """The old one stays, closed; author, text and links go along."""
    root, issue = ground.open("Root"), ground.open("Moves", description=HIDDEN)
    link(ground, root, issue)
    moved = ground.client.post(f"{ground.at(issue)}/move", {"to_project_id": ground.there["id"]})
    old = ground.read(issue)
    assert (old["moved_to_id"], old["state"]) == (moved["id"], "closed")
    assert (moved["project_id"], moved["description"]) == (ground.there["id"], HIDDEN)
    assert moved["author"]["id"] == ground.me["id"]
    assert [raw["id"] for raw in ground.client.list(f"{ground.at(root)}/links")] == [moved["id"]]


# --- Lists --------------------------------------------------------------------------------------


def test_issues_are_listed_by_author_label_and_state(ground: Ground) -> None:
    """Without a state, opened and closed ones alike; labels are all required."""
    one = ground.open(labels="list-a,list-b")
    two = ground.open(labels="list-a")
    ground.change(two, state_event="close")
    mine = {"author_id": ground.me["id"]}
    assert ground.listed(labels="list-a", **mine) == [one["iid"], two["iid"]]
    assert ground.listed(labels="list-a", state="all", **mine) == [one["iid"], two["iid"]]
    assert ground.listed(labels="list-a", state="opened", **mine) == [one["iid"]]
    assert ground.listed(labels="list-a,list-b", **mine) == [one["iid"]]
    if ground.stranger:
        assert ground.listed(author_id=ground.stranger["id"]) == []


@pytest.mark.parametrize("field", ["created", "updated"])
@pytest.mark.parametrize("hours", [0, 5.5, -8], ids=["utc", "india", "pacific"])
def test_issues_are_listed_since_a_time_in_any_zone(
    ground: Ground, field: str, hours: float
) -> None:
    """`created_after` and `updated_after` take ISO times with an offset."""
    issue = ground.open()
    at = datetime.fromisoformat(issue[f"{field}_at"]).astimezone(timezone(timedelta(hours=hours)))
    before, after = at - timedelta(seconds=2), at + timedelta(seconds=2)
    assert issue["iid"] in ground.listed(**{f"{field}_after": before.isoformat()})
    assert issue["iid"] not in ground.listed(**{f"{field}_after": after.isoformat()})


def test_change_is_seen_by_its_time(ground: Ground) -> None:
    """A changed title touches `updated_at` at once."""
    issue = ground.open()
    changed = ground.change(issue, title="Changed")
    assert datetime.fromisoformat(changed["updated_at"]) >= datetime.fromisoformat(
        issue["updated_at"]
    )
    since = datetime.fromisoformat(changed["updated_at"]) - timedelta(seconds=1)
    assert issue["iid"] in ground.listed(updated_after=since.isoformat())


def test_pages_are_complete(ground: Ground) -> None:
    """Whatever the size of a page."""
    made = sorted(ground.open(labels="pages")["iid"] for _ in range(5))
    assert ground.listed(labels="pages", per_page=2) == made


# --- Links --------------------------------------------------------------------------------------


def link(ground: Ground, root: Issue, other: Issue) -> dict[str, Any]:
    """Relate two issues."""
    body = {
        "target_project_id": other["project_id"],
        "target_issue_iid": other["iid"],
        "link_type": "relates_to",
    }
    return ground.client.post(f"{ground.at(root)}/links", body)


def test_links_show_whole_issues_of_other_projects(ground: Ground) -> None:
    """From both ends; one call reads all phases of a launch."""
    root = ground.open("Root")
    other = ground.open("Phase", description=HIDDEN, labels="launch", project=ground.there)
    link(ground, root, other)
    (seen,) = ground.client.list(f"{ground.at(root)}/links")
    read = ground.read(other)
    for key in (
        *("id", "iid", "project_id", "title", "description", "state", "labels", "due_date"),
        *("confidential", "created_at", "web_url", "moved_to_id"),
    ):
        assert seen[key] == read[key], key
    assert seen["author"]["id"] == ground.me["id"]
    assert seen["assignees"] == []
    (back,) = ground.client.list(f"{ground.at(other)}/links")
    assert back["id"] == root["id"]


def test_second_link_is_a_conflict(ground: Ground) -> None:
    """In either direction: what was to be made is there."""
    root, other = ground.open("Root"), ground.open("Phase")
    link(ground, root, other)
    for ends in ((root, other), (other, root)):
        with pytest.raises(NotAllowed) as caught:
            link(ground, *ends)
        assert caught.value.is_conflict
    assert len(ground.client.list(f"{ground.at(root)}/links")) == 1


# --- Notes --------------------------------------------------------------------------------------


def test_note_keeps_its_text_and_its_id(ground: Ground) -> None:
    """Hidden comments are kept; an edit happens in place."""
    issue = ground.open()
    note = ground.note(issue, HIDDEN)
    path = f"{ground.at(issue)}/notes/{note['id']}"
    assert ground.client.get(path)["body"] == HIDDEN
    edited = ground.client.put(path, {"body": f"Now {HIDDEN}"})
    assert (edited["id"], edited["body"]) == (note["id"], f"Now {HIDDEN}")
    assert ground.client.get(path)["body"] == f"Now {HIDDEN}"
    assert ground.client.get(path)["author"]["id"] == ground.me["id"]


def test_notes_are_listed_oldest_first(ground: Ground) -> None:
    """All pages; system notes are marked."""
    issue = ground.open()
    made = [ground.note(issue, f"Note {number}")["id"] for number in range(5)]
    ground.change(issue, title="Renamed")
    notes = ground.client.list(
        f"{ground.at(issue)}/notes", sort="asc", order_by="created_at", per_page=2
    )
    assert [note["id"] for note in notes if not note["system"]] == made


def test_note_belongs_to_its_issue(ground: Ground) -> None:
    """Its id alone does not lead to it."""
    one, two = ground.open(), ground.open()
    note = ground.note(one, "Hello")
    with pytest.raises(NotVisible):
        ground.client.get(f"{ground.at(two)}/notes/{note['id']}")


def test_our_commands_are_text_to_gitlab(ground: Ground) -> None:
    """A line with a slash word that it does not know stays as it is."""
    issue = ground.open()
    note = ground.note(issue, "Please\n\n/launch status")
    assert note["body"] == "Please\n\n/launch status"
    assert ground.read(issue)["state"] == "opened"


def test_line_with_a_quick_action_runs_as_whoever_wrote_it(ground: Ground) -> None:
    """That is why no text of ours may have one: it vanishes from the text and is done."""
    issue = ground.open()
    note = ground.note(issue, "Look:\n\n/close")
    assert note["body"] == "Look:"
    assert ground.read(issue)["state"] == "closed"
