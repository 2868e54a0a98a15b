"""Answers and hook bodies against GitLab's published schemas and samples, where they are."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from referencing import Registry, Resource

from bot.simulator.outbox import Delivery
from tests.simulator.conftest import World
from tests.simulator.test_requests import code as code  # noqa: PLC0414 - the fixture
from tests.simulator.test_requests import request as new_request

CONTRACT = Path(__file__).parents[3] / "shared" / "gitlab-contract"
SCHEMAS = CONTRACT / "schemas/spec/fixtures/api/schemas"
pytestmark = pytest.mark.skipif(
    not CONTRACT.exists(), reason=f"GitLab's schemas are not here: {CONTRACT}"
)


def relaxed(schema: Any) -> Any:
    """The schema without `additionalProperties: false`: live answers have more keys."""
    if isinstance(schema, dict):
        return {
            key: relaxed(value)
            for key, value in schema.items()
            if not (key == "additionalProperties" and value is False)
        }
    return [relaxed(entry) for entry in schema] if isinstance(schema, list) else schema


def load(uri: str) -> Resource[Any]:
    """A schema of the folder, by its file address; one refers to the folder from far above."""
    path = Path(uri.removeprefix("file://"))
    if not path.exists():
        path = CONTRACT / "schemas" / "spec" / str(path).split("/spec/", 1)[1]
    return Resource.from_contents(
        {"$schema": "http://json-schema.org/draft-07/schema#"}
        | relaxed(json.loads(path.read_text()))
    )


def check(name: str, answer: Any) -> None:
    """Fail with every disagreement."""
    uri = (SCHEMAS / f"{name}.json").as_uri()
    registry: Registry[Any] = Registry(retrieve=load)  # type: ignore[call-arg]
    schema = dict(load(uri).contents) | {"$id": uri}
    errors = [
        error.message for error in Draft7Validator(schema, registry=registry).iter_errors(answer)
    ]
    assert errors == []


def test_issue_answers_fit_the_schemas(world: World) -> None:
    """Issues, lists, links, notes, milestones, labels, members."""
    stone = world.rita.post(f"{world.path}/milestones", title="v1", due_date="2026-03-09")
    fields = {"milestone_id": stone["id"], "labels": "a", "assignee_ids": [world.dora.id]}
    one, two = world.issue(description="- [ ] x", **fields), world.issue()
    ends = {"target_project_id": 1, "target_issue_iid": two["iid"]}
    check("public_api/v4/issue_link", world.rita.post(f"{world.at(one)}/links", **ends))
    world.rita.post(f"{world.at(one)}/notes", body="x")
    world.rita.put(world.at(one), state_event="close")
    for item in world.rita.get(f"{world.path}/issues"):
        check("public_api/v4/issue", item)
    check("public_api/v4/issues", world.rita.get(f"{world.path}/issues"))
    check("public_api/v4/notes", world.rita.get(f"{world.at(one)}/notes"))
    check("public_api/v4/milestone", stone)
    check("public_api/v4/members", world.rita.get(f"{world.path}/members/all"))
    label = world.rita.get(f"{world.path}/labels", with_counts=True)[0]
    check("public_api/v4/labels/project_label_with_counts", label)
    check("public_api/v4/user/basic", one["author"])
    board = world.rita.post(f"{world.path}/boards", name="b")
    world.rita.post(f"{world.path}/boards/{board['id']}/lists", label_id=label["id"])
    check("public_api/v4/boards", world.rita.get(f"{world.path}/boards"))


def test_hook_answers_fit_the_schema(world: World) -> None:
    """One and many."""
    path = f"{world.path}/hooks"
    check("public_api/v4/project_hook", world.mia.post(path, url="http://x.test"))
    check("public_api/v4/project_hooks", world.mia.get(path))


def test_request_answers_fit_the_schemas(code: World) -> None:
    """Merge requests with a pipeline."""
    item = new_request(code)
    code.dora.post(f"{code.path}/pipeline", ref="topic")
    shown = code.rita.get(f"{code.path}/merge_requests/{item['iid']}")
    check("public_api/v4/merge_request", shown)
    check("public_api/v4/pipeline/detail", shown["head_pipeline"])
    check("status/ci_detailed_status", shown["head_pipeline"]["detailed_status"])
    check("public_api/v4/pipeline/basic", code.rita.get(f"{code.path}/pipelines")[0])
    for entry in code.rita.get(f"{code.path}/merge_requests"):
        check("public_api/v4/merge_request", entry)
        check("public_api/v4/merge_request_simple", entry)


def test_remaining_answers_fit_the_schemas(code: World) -> None:
    """Labels of projects and groups, with and without counts; people; a release's milestones."""
    code.mia.post(f"{code.path}/labels", name="a", color="#112233")
    code.root.post(f"/groups/{code.group['id']}/labels", name="b", color="red")
    for path in (code.path, f"/groups/{code.group['id']}"):
        for label in code.olga.get(f"{path}/labels"):
            check("public_api/v4/labels/label", label)
        for label in code.olga.get(f"{path}/labels", with_counts=True):
            check("public_api/v4/labels/label_with_counts", label)
    for label in code.olga.get(f"{code.path}/labels"):
        check("public_api/v4/labels/project_label", label)
    check("public_api/v4/user/basics", code.olga.get(f"{code.path}/users"))
    check("public_api/v4/user/safe", code.olga.get("/user"))
    code.mia.post(f"{code.path}/milestones", title="v1")
    fields = {"tag_name": "v1", "ref": "main", "milestones": ["v1"]}
    release = code.dora.post(f"{code.path}/releases", **fields)
    check("public_api/v4/milestone_with_stats", release["milestones"][0])
    board = code.mia.post(f"{code.path}/boards", name="b")
    check("public_api/v4/board", code.mia.get(f"{code.path}/boards/{board['id']}"))


LEFT_OUT = {
    # keys that this GitLab does not send, each because it does not model what they tell
    "issue": {"escalation_status", "escalation_policy"},
    "note_on_issue": {"position", "branch_name"},
}
UNCHECKED = {"/changes"}  # which keys stand there depends on what was changed


def compare(sample: Any, sent: Any, path: str = "") -> list[str]:
    """What the sample has and the body lacks, or has in another kind."""
    if path in UNCHECKED:
        return []
    if isinstance(sample, dict) and isinstance(sent, dict):
        lacking = [f"{path}/{key} is missing" for key in sample if key not in sent]
        return lacking + [
            line
            for key, value in sample.items()
            if key in sent
            for line in compare(value, sent[key], f"{path}/{key}")
        ]
    if isinstance(sample, list) and isinstance(sent, list):
        return compare(sample[0], sent[0], f"{path}[]") if sample and sent else []
    if sample is None or sent is None or type(sample) is type(sent):
        return []
    return [f"{path}: {type(sent).__name__} instead of {type(sample).__name__}"]


def agree(name: str, delivery: Delivery) -> None:
    """Fail with every key that the sample has and the body lacks, or has of another type."""
    sample = json.loads((CONTRACT / "webhooks" / f"{name}.json").read_text())
    left_out = LEFT_OUT.get(name, set())
    found = compare(sample, json.loads(delivery.body))
    assert [line for line in found if line.split(" ")[0].split("/")[-1] not in left_out] == []


def test_hook_bodies_agree_with_the_samples(code: World) -> None:
    """Key by key, for the events that have a documented sample."""
    code.mia.post(
        f"{code.path}/hooks",
        url="http://x.test",
        push_events=False,
        issues_events=True,
        note_events=True,
        milestone_events=True,
        merge_requests_events=True,
    )
    rule = {"name": "All Members", "approvals_required": 0, "rule_type": "any_approver"}
    code.mia.post(f"{code.path}/approval_rules", **rule)
    fields: dict[str, Any] = {"labels": "a", "assignee_ids": [code.mia.id]}
    issue = code.issue(**fields)
    code.rita.post(f"{code.at(issue)}/notes", body="x")
    code.rita.post(f"{code.path}/milestones", title="v1", due_date="2026-03-09")
    new_request(code, reviewer_ids=[code.mia.id], **fields)
    sent = code.sim.outbox.take()
    names = ("issue", "note_on_issue", "milestone", "merge_request")
    for name, delivery in zip(names, sent, strict=True):
        agree(name, delivery)
    agree("merge_request_18x", sent[-1])


def test_rare_hook_bodies_agree_with_the_samples(code: World) -> None:
    """New commits, approvals reset by them, a review asked for again, a token that expires."""
    code.mia.post(
        f"{code.path}/hooks",
        url="http://x.test",
        push_events=False,
        merge_requests_events=True,
        resource_access_token_events=True,
    )
    code.mia.post(f"{code.path}/approvals", reset_approvals_on_push=True)
    item = new_request(code, reviewer_ids=[code.mia.id])
    path = f"{code.path}/merge_requests/{item['iid']}"
    code.mia.post(f"{path}/approve")
    code.sim.outbox.take()
    code.dora.post(f"{path}/notes", 202, body="/request_review @mia")
    (again,) = code.sim.outbox.take()
    agree("merge_request_partial_rerequest_review", again)
    before, after = json.loads(again.body)["changes"]["reviewers"]
    assert (before[0]["state"], after[0]["state"]) == ("approved", "unreviewed")
    assert (before[0]["re_requested"], after[0]["re_requested"]) == (False, True)
    code.mia.post(f"{path}/approve")
    code.sim.outbox.take()
    page = {"branch": "topic", "content": "x", "commit_message": "More"}
    code.dora.post(f"{code.path}/repository/files/more.md", **page)
    moved, reset = code.sim.outbox.take()
    agree("merge_request_partial_update_oldrev", moved)
    agree("merge_request_partial_system_reset", reset)
    token = {"name": "t", "scopes": ["api"], "expires_at": "2026-04-01"}
    code.mia.post(f"{code.path}/access_tokens", **token)
    code.sim.clock.advance(timedelta(days=23))
    (expiring,) = code.sim.outbox.take()
    agree("access_token_project", expiring)


def test_paths_say_what_may_be_done(world: World) -> None:
    """OPTIONS names the methods, to everybody."""
    answer = world.client.options(f"/api/v4{world.path}/issues")
    assert (answer.status_code, answer.headers["allow"]) == (204, "OPTIONS, GET, POST")
    assert world.client.options("/api/v4/nope").status_code == 404


def test_null_bytes_are_refused(world: World) -> None:
    """Wherever a form may have them, before anything looks at them."""
    headers = {"PRIVATE-TOKEN": world.rita.token or ""}
    path = f"/api/v4{world.path}/issues"
    for answer in (
        world.client.get(f"{path}?search=%00", headers=headers),
        world.client.post(path, data={"title": "a\0b"}, headers=headers),
    ):
        assert (answer.status_code, answer.text) == (400, "Bad Request")
