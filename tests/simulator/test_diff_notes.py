"""Comments on lines of merge requests, and reviews that are written before they are published.

https://docs.gitlab.com/api/discussions/ and https://docs.gitlab.com/api/draft_notes/
"""

from typing import Any

import pytest

from tests.simulator.conftest import World
from tests.simulator.test_requests import at
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request


def position(item: Any, **other: Any) -> dict[str, Any]:
    """A line of the page that the merge request adds."""
    usual: dict[str, Any] = item["diff_refs"] | {
        "position_type": "text",
        "new_path": "docs/page.md",
    }
    return usual | {"new_line": 2} | other


def test_comment_on_a_line(code: World) -> None:
    """Its thread can be resolved; answers are about the same line."""
    item = new_request(code)
    path = f"{at(item)}/discussions"
    made = code.rita.post(path, body="Why?", position=position(item))
    (note,) = made["notes"]
    assert (note["type"], note["resolvable"]) == ("DiffNote", True)
    assert (note["position"]["new_line"], note["position"]["old_line"]) == (2, None)
    answer = code.dora.post(f"{path}/{made['id']}/notes", body="Because")
    assert answer["type"] == "DiffNote"
    code.dora.put(f"{path}/{made['id']}", resolved=True)


def test_line_by_form_parameters(code: World) -> None:
    """As most clients send it."""
    item = new_request(code)
    fields = {f"position[{key}]": str(value) for key, value in position(item).items()}
    path = f"{at(item)}/discussions"
    made = code.rita.call("POST", path, 201, data={"body": "Why?"} | fields)
    assert made["notes"][0]["position"]["new_line"] == 2


@pytest.mark.parametrize(
    "other", [{"new_line": 9}, {"new_path": "no.md"}, {"new_line": None}, {"new_line": 0}]
)
def test_line_that_is_not_there(code: World, other: dict[str, Any]) -> None:
    """400 with GitLab's words."""
    item = new_request(code)
    answer = code.rita.post(
        f"{at(item)}/discussions", 400, body="Why?", position=position(item, **other)
    )
    assert "must be a valid line code" in answer["message"]


def test_position_must_be_whole(code: World) -> None:
    """Each lacking part is named."""
    item = new_request(code)
    answer = code.rita.post(f"{at(item)}/discussions", 400, body="x", position={"base_sha": "a"})
    assert answer["error"].startswith("position[start_sha] is missing, position[head_sha] is")
    odd = position(item, position_type="odd")
    code.rita.post(f"{at(item)}/discussions", 400, body="x", position=odd)


def test_review_is_published_later(code: World) -> None:
    """Until then only its author sees it."""
    item = new_request(code)
    path = f"{at(item)}/draft_notes"
    thread = code.dora.post(f"{at(item)}/discussions", body="Open")
    one = code.rita.post(path, note="First")
    line = code.rita.post(path, note="On a line", position=position(item))
    reply = {"in_reply_to_discussion_id": thread["id"], "resolve_discussion": True}
    answer = code.rita.post(path, note="Answer", **reply)
    code.rita.post(path, 400, note="x", in_reply_to_discussion_id="no")
    code.rita.put(f"{path}/{one['id']}", note="Better")
    code.rita.put(f"{path}/{one['id']}", 400, note="")
    assert [entry["note"] for entry in code.rita.get(path)] == ["Better", "On a line", "Answer"]
    assert code.dora.get(path) == []
    code.dora.get(f"{path}/{one['id']}", 404)
    code.rita.delete(f"{path}/{line['id']}")
    code.rita.put(f"{path}/{answer['id']}/publish", 204)
    found = code.dora.get(f"{at(item)}/discussions/{thread['id']}")
    assert [(note["body"], note["resolved"]) for note in found["notes"]] == [
        ("Open", True),
        ("Answer", True),
    ]
    again = code.rita.post(path, note="But", in_reply_to_discussion_id=thread["id"])
    code.rita.put(f"{path}/{again['id']}/publish", 204)
    found = code.dora.get(f"{at(item)}/discussions/{thread['id']}")
    assert [note["resolved"] for note in found["notes"]] == [False, False, False]
    code.rita.post(f"{path}/bulk_publish", 204)
    bodies = [note["body"] for note in code.dora.get(f"{at(item)}/notes", sort="asc")]
    assert (bodies, code.rita.get(path)) == (["Open", "Answer", "But", "Better"], [])


def test_draft_that_is_changed_names_its_line_again(code: World) -> None:
    """Each change needs the text; without a position the draft is about no line any more."""
    item = new_request(code)
    path = f"{at(item)}/draft_notes"
    made = code.rita.post(path, note="Why?", position=position(item))
    one = f"{path}/{made['id']}"
    refused = code.rita.put(one, 400, position=position(item, new_line=1))
    assert refused == {"message": "400 Bad request - Missing params to modify"}
    moved = code.rita.put(one, note="How?", position=position(item, new_line=1))
    assert moved["position"]["new_line"] == 1
    changed = code.rita.put(one, note="Who?")
    assert (changed["position"]["new_path"], changed["position"]["new_line"]) == (None, None)
    assert changed["line_code"] == moved["line_code"]
    code.rita.put(f"{one}/publish", 204)
    (thread,) = code.rita.get(f"{at(item)}/discussions")
    assert thread["notes"][0]["type"] != "DiffNote"
