"""Webhooks: who hears what, with which headers, and what happens when nobody listens."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from bot.simulator import Delivery
from tests.simulator.conftest import World

SIGNING_TOKEN = "whsec_" + base64.b64encode(b"k" * 32).decode()
URL = "http://bot.test/hook"


def subscribe(world: World, **switches: Any) -> dict[str, Any]:
    """A hook of the project, with no push events."""
    fields = {"url": URL, "push_events": False} | switches
    made: dict[str, Any] = world.mia.post(f"{world.path}/hooks", **fields)
    return made


def taken(world: World) -> list[tuple[str, Any]]:
    """The deliveries that waited: event name and body."""
    return [(d.headers["X-Gitlab-Event"], json.loads(d.body)) for d in world.sim.outbox.take()]


def test_hooks_are_for_maintainers(world: World) -> None:
    """Developers may not even list them."""
    world.dora.get(f"{world.path}/hooks", 403)
    world.dora.post(f"{world.path}/hooks", 403, url=URL)


def test_hook_never_shows_its_tokens(world: World) -> None:
    """Only whether they are there; a new URL forgets the secret token."""
    hook = subscribe(world, token="s3cret", signing_token=SIGNING_TOKEN, issues_events=True)
    assert (hook["token_present"], hook["signing_token_present"]) == (True, True)
    assert "token" not in hook
    assert "signing_token" not in hook
    assert (hook["issues_events"], hook["note_events"]) == (True, False)
    path = f"{world.path}/hooks/{hook['id']}"
    assert world.mia.get(path) == hook
    same = world.mia.put(path, url=URL, name="bot", emoji_events=True)
    assert (same["token_present"], same["name"], same["emoji_events"]) == (True, "bot", True)
    moved = world.mia.put(path, url=f"{URL}/2", token="", signing_token="")
    assert (moved["token_present"], moved["signing_token_present"]) == (False, False)
    assert [h["id"] for h in world.mia.get(f"{world.path}/hooks")] == [hook["id"]]
    world.mia.delete(path)
    world.mia.get(path, 404)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"url": "ftp://x"}, 422),
        ({"url": URL, "signing_token": "plain"}, 400),
        ({"url": URL, "signing_token": "whsec_%%%"}, 400),
        ({"url": URL, "signing_token": "whsec_YWJj"}, 400),
    ],
)
def test_bad_hook_is_refused(world: World, fields: Any, status: int) -> None:
    """A URL is needed, and a signing token is 32 bytes in base64 behind whsec_."""
    world.mia.post(f"{world.path}/hooks", status, **fields)


def test_delivery_carries_the_documented_headers(world: World) -> None:
    """Ids, time, token, and a signature that the Standard Webhooks library accepts."""
    headers = [{"key": "X-Extra", "value": "1"}]
    hook = subscribe(
        world,
        issues_events=True,
        token="s3cret",
        signing_token=SIGNING_TOKEN,
        custom_headers=headers,
    )
    world.issue()
    delivery = world.sim.outbox.take()[0]
    sent = delivery.headers
    assert (delivery.url, delivery.hook_id) == (URL, hook["id"])
    assert sent["Content-Type"] == "application/json"
    assert sent["User-Agent"] == "GitLab/19.2.0-ee"
    assert sent["X-Gitlab-Event"] == "Issue Hook"
    assert sent["X-Gitlab-Instance"] == "http://gitlab.test"
    assert sent["X-Gitlab-Token"] == "s3cret"
    assert sent["X-Extra"] == "1"
    assert sent["webhook-id"] == sent["Idempotency-Key"] == delivery.id
    assert sent["webhook-timestamp"] == "1772442000"
    assert sent["X-Gitlab-Event-UUID"] != sent["X-Gitlab-Webhook-UUID"]
    timely = Webhook(SIGNING_TOKEN)
    signed = {key: value for key, value in sent.items() if key.startswith("webhook-")}
    expected = timely.sign(delivery.id, world.sim.clock.now(), delivery.body.decode())
    assert signed["webhook-signature"] == expected


def test_plain_hook_has_neither_token_nor_signature(world: World) -> None:
    """The id and the time are there all the same."""
    subscribe(world, issues_events=True)
    world.issue()
    sent = world.sim.outbox.take()[0].headers
    assert "X-Gitlab-Token" not in sent
    assert "webhook-signature" not in sent
    assert sent["webhook-id"]


def test_issue_events_tell_only_what_changed(world: World) -> None:
    """Open, update, close and reopen, each with its changes."""
    subscribe(world, issues_events=True)
    issue = world.issue(labels="a", assignee_ids=[world.mia.id])
    event, body = taken(world)[0]
    assert event == "Issue Hook"
    born = {"author_id", "created_at", "id", "iid", "project_id", "title", "updated_at"}
    assert set(body["changes"]) == born
    assert (body["object_kind"], body["event_type"]) == ("issue", "issue")
    assert body["object_attributes"]["action"] == "open"
    assert body["changes"]["title"] == {"previous": None, "current": "An issue"}
    assert [label["title"] for label in body["labels"]] == ["a"]
    assert body["user"]["email"] == "[REDACTED]"
    world.sim.clock.advance(timedelta(minutes=2))
    world.rita.put(world.at(issue), add_labels="b", assignee_ids=[world.dora.id])
    _, body = taken(world)[0]
    assert body["object_attributes"]["action"] == "update"
    assert set(body["changes"]) == {"labels", "assignees", "updated_at", "updated_by_id"}
    assert [x["title"] for x in body["changes"]["labels"]["previous"]] == ["a"]
    assert [x["title"] for x in body["changes"]["labels"]["current"]] == ["a", "b"]
    assert body["changes"]["updated_at"]["current"] == "2026-03-02T09:02:00.000Z"
    assert body["assignees"][0]["username"] == "dora"
    world.rita.put(world.at(issue), state_event="close", title="T")
    (_, closed), (_, updated) = taken(world)
    assert closed["object_attributes"]["action"] == "close"
    assert closed["changes"]["state_id"] == {"previous": 1, "current": 2}
    assert updated["object_attributes"]["action"] == "update"
    assert set(updated["changes"]) == {"title", "last_edited_at", "last_edited_by_id"}
    world.rita.put(world.at(issue), state_event="reopen")
    assert taken(world)[0][1]["object_attributes"]["action"] == "reopen"
    world.rita.put(world.at(issue), title="T")
    assert taken(world)[0][1]["changes"] == {}


def test_note_events_have_the_issue(world: World) -> None:
    """Creation and a real edit are told; system notes and commands alone are not."""
    subscribe(world, note_events=True)
    issue = world.issue()
    note = world.rita.post(f"{world.at(issue)}/notes", body="hello\n/lock")
    path = f"{world.at(issue)}/notes/{note['id']}"
    world.rita.put(path, body="hello")
    world.rita.put(path, body="bye")
    world.rita.post(f"{world.at(issue)}/notes", 202, body="/close")
    (event, created), (_, updated) = taken(world)
    assert event == "Note Hook"
    assert created["object_attributes"]["note"] == "hello"
    assert created["object_attributes"]["action"] == "create"
    assert created["object_attributes"]["url"].endswith(f"/-/issues/1#note_{note['id']}")
    assert (created["issue"]["iid"], created["issue"]["state"]) == (1, "opened")
    assert (updated["object_attributes"]["action"], updated["project_id"]) == ("update", 1)


def test_confidential_events_have_their_own_switches(world: World) -> None:
    """A hook without them is blind to confidential issues and internal notes."""
    subscribe(world, issues_events=True, note_events=True)
    issue = world.issue(confidential=True)
    world.rita.post(f"{world.at(issue)}/notes", body="x")
    open_issue = world.issue()
    taken(world)
    world.rita.post(f"{world.at(open_issue)}/notes", body="x", internal=True)
    assert taken(world) == []
    subscribe(world, confidential_issues_events=True, confidential_note_events=True)
    world.rita.put(world.at(issue), title="Secret")
    world.rita.post(f"{world.at(issue)}/notes", body="x")
    world.rita.post(f"{world.at(open_issue)}/notes", body="x", internal=True)
    told = taken(world)
    assert [event for event, _ in told] == [
        "Confidential Issue Hook",
        "Confidential Note Hook",
        "Confidential Note Hook",
    ]
    kinds = [(body["object_kind"], body["event_type"]) for _, body in told]
    assert kinds[0] == ("issue", "confidential_issue")
    assert kinds[1] == ("note", "confidential_note")
    assert told[2][1]["object_attributes"]["internal"] is True


def test_emoji_and_milestone_events(world: World) -> None:
    """Given and taken back, on an issue and on a comment; milestones made, closed, opened."""
    subscribe(world, emoji_events=True, milestone_events=True)
    issue = world.issue()
    note = world.rita.post(f"{world.at(issue)}/notes", body="x")
    path = f"{world.at(issue)}/notes/{note['id']}/award_emoji"
    award = world.rita.post(path, name="eyes")
    world.rita.delete(f"{path}/{award['id']}")
    (event, given), (_, revoked) = taken(world)
    assert event == "Emoji Hook"
    assert (given["event_type"], revoked["event_type"]) == ("award", "revoke")
    assert given["object_attributes"]["awardable_type"] == "Note"
    assert (given["note"]["id"], given["issue"]["iid"]) == (note["id"], 1)
    stone = world.rita.post(f"{world.path}/milestones", title="v1")
    world.rita.put(f"{world.path}/milestones/{stone['id']}", state_event="close")
    world.rita.put(f"{world.path}/milestones/{stone['id']}", state_event="activate")
    assert [(e, b["action"]) for e, b in taken(world)] == [
        ("Milestone Hook", "create"),
        ("Milestone Hook", "close"),
        ("Milestone Hook", "reopen"),
    ]


def test_group_hooks_are_premium(world: World) -> None:
    """On Free they cannot be made, and old ones stay silent."""
    path = "/groups/team/hooks"
    hook = world.root.post(path, url=URL, issues_events=True)
    assert (hook["group_id"], hook["subgroup_events"]) == (world.group["id"], False)
    subscribe(world, issues_events=True)
    world.issue()
    assert len({d.id for d in world.sim.outbox.take()}) == 2
    world.sim.tier = "free"
    world.root.get(path, 403)
    world.issue()
    assert len(world.sim.outbox.take()) == 1
    world.rita.get(path, 403)
    world.sim.tier = "premium"
    world.root.post(f"{path}/{hook['id']}/test/issues_events")


def fail(world: World, times: int) -> None:
    """Let the receiver answer 500 so many times."""
    for _ in range(times):
        world.issue()
        for delivery in world.sim.outbox.take():
            world.sim.outbox.report(delivery, 500)


def test_failing_hook_is_paused_then_switched_off(world: World) -> None:
    """Four failures pause for a minute, each more doubles it; forty switch it off."""
    hook = subscribe(world, issues_events=True)
    path = f"{world.path}/hooks/{hook['id']}"
    fail(world, 3)
    assert world.mia.get(path)["alert_status"] == "executable"
    fail(world, 1)
    shown = world.mia.get(path)
    assert shown["alert_status"] == "temporarily_disabled"
    assert shown["disabled_until"] == "2026-03-02T09:01:00.000Z"
    world.issue()
    assert world.sim.outbox.pending == []
    world.sim.clock.advance(timedelta(seconds=61))
    assert world.mia.get(path)["disabled_until"] is None
    fail(world, 1)
    world.sim.clock.advance(timedelta(seconds=61))
    assert world.mia.get(path)["alert_status"] == "temporarily_disabled"
    for _ in range(35):
        world.sim.clock.advance(timedelta(days=1, seconds=1))
        fail(world, 1)
    assert world.mia.get(path)["alert_status"] == "disabled"
    world.sim.clock.advance(timedelta(days=30))
    world.issue()
    assert world.sim.outbox.pending == []
    world.mia.post(f"{path}/test/issues_events")
    assert world.sim.outbox.flush(lambda _: 200) == 1
    assert world.mia.get(path)["alert_status"] == "executable"


def test_flush_sends_also_what_sending_causes(world: World) -> None:
    """Until nothing waits; redirects count as success."""
    subscribe(world, issues_events=True)
    world.issue()
    answers = iter([302, 200])

    def send(delivery: Delivery) -> int:
        status = next(answers)
        if json.loads(delivery.body)["object_attributes"]["iid"] == 1:
            world.issue()
        return status

    assert world.sim.outbox.flush(send) == 2
    assert world.sim.outbox.take(1) == []
    world.sim.outbox.report(Delivery("x", 1, URL, {}, b""), 200)


def test_events_of_a_hook_can_be_listed_and_resent(world: World) -> None:
    """Seven days, by status, with the token hidden; a resend keeps the id."""
    hook = subscribe(world, issues_events=True, token="s3cret")
    path = f"{world.path}/hooks/{hook['id']}"
    for status in (200, 404, 500, None):
        world.issue()
        world.sim.outbox.report(world.sim.outbox.take()[0], status)
    events = world.mia.get(f"{path}/events")
    assert [e["response_status"] for e in events] == ["internal error", "500", "404", "200"]
    assert events[0]["request_headers"]["X-Gitlab-Token"] == "[REDACTED]"
    assert events[0]["trigger"] == "issue_hooks"
    assert events[0]["request_data"]["object_kind"] == "issue"
    assert len(world.mia.get(f"{path}/events", status="server_failure")) == 2
    assert len(world.mia.get(f"{path}/events", status="server_failure,404")) == 3
    world.mia.get(f"{path}/events", 400, status="failed")
    world.mia.get(f"{path}/events", 400, per_page=21)
    assert len(world.mia.get(f"{path}/events", status="successful")) == 1
    assert len(world.mia.get(f"{path}/events", status="404")) == 1
    failed = events[1]
    resent = world.mia.post(f"{path}/events/{failed['id']}/resend")
    assert resent == {"response_status": 200}
    again = world.sim.outbox.take()[0]
    assert again.id == failed["request_headers"]["webhook-id"]
    assert again.headers["X-Gitlab-Event"] == "Issue Hook"
    world.mia.post(f"{path}/events/999/resend", 404)
    world.mia.put(path, url="http://bot.test/other")
    assert world.mia.get(f"{path}/events")[0]["url"] == "http://bot.test/hook"
    moved = world.mia.post(f"{path}/events/{failed['id']}/resend", 422)
    assert moved == {"message": "The hook URL has changed, and this log entry cannot be retried"}
    world.sim.clock.advance(timedelta(days=8))
    assert world.mia.get(f"{path}/events") == []


def test_samples_that_need_nothing_to_be_made_from(world: World) -> None:
    """A push without commits, a token about to expire, a milestone, a thumb for a comment."""
    path = f"{world.path}/hooks/{subscribe(world)['id']}/test"
    world.rita.post(f"{world.at(world.issue())}/notes", body="x")
    world.sim.outbox.take()
    for name in ("push", "resource_access_token", "milestone", "emoji"):
        world.mia.post(f"{path}/{name}_events")
    push, token, stone, emoji = (json.loads(d.body) for d in world.sim.outbox.take())
    assert (push["total_commits_count"], push["commits"][0]["message"]) == (1, "Hello World")
    assert token["object_attributes"]["expires_at"] == "2026-03-04"
    assert stone["object_attributes"]["title"] == "Sample milestone"
    assert (emoji["event_type"], emoji["object_attributes"]["name"]) == ("award", "thumbsup")


def test_hooks_refuse_what_they_cannot_use(world: World) -> None:
    """Keys of more than words, tokens of two lines, changes of nothing; 401 without a token."""
    hook = subscribe(world)
    path = f"{world.path}/hooks/{hook['id']}"
    assert hook["confidential_note_events"] is None
    assert world.mia.put(path, 400) == {"error": "No parameters provided"}
    said = world.mia.put(path, 422, token="a\nb")
    assert said == {"message": {"token": ["is invalid"]}}
    fields = {"url": "http://bot.test", "token": "a\nb"}
    assert world.mia.post(f"{world.path}/hooks", 422, **fields) == {"error": "Token is invalid"}
    for kind in ("url_variables", "custom_headers"):
        for key, value in (("a%20b", "x"), ("abc", "")):
            said = world.mia.put(f"{path}/{kind}/{key}", 422, value=value)
            assert said == {"error": "Illegal key or value"}
        assert kind in world.mia.get(path)
        assert kind not in world.mia.get(f"{world.path}/hooks")[0]
    world.nobody.get(f"{world.path}/hooks", 401)


def test_hook_test_sends_a_sample(world: World) -> None:
    """422 without anything to make it from; five a minute; unknown triggers are 400."""
    hook = subscribe(world)
    path = f"{world.path}/hooks/{hook['id']}/test"
    world.mia.post(f"{path}/issues_events", 422)
    world.mia.post(f"{path}/unknown", 400)
    issue = world.issue()
    world.rita.post(f"{world.at(issue)}/notes", body="x")
    world.rita.post(f"{world.path}/milestones", title="v1")
    untested = world.mia.post(f"{path}/confidential_note_events", 422)
    assert untested == {"message": "Testing not available for this hook"}
    lacking = world.mia.post(f"{path}/pipeline_events", 422)
    assert lacking == {"message": "Ensure the project has CI pipelines."}
    world.sim.clock.advance(timedelta(minutes=2))
    for trigger in ("issues_events", "note_events", "milestone_events"):
        assert world.mia.post(f"{path}/{trigger}") == {"message": "201 Created"}
    world.mia.post(f"{path}/job_events", 422)
    world.mia.post(f"{path}/merge_requests_events", 422)
    world.mia.post(f"{path}/issues_events", 429)
    names = [event for event, _ in taken(world)]
    assert names == ["Issue Hook", "Note Hook", "Milestone Hook"]


def test_custom_headers_and_masked_urls(world: World) -> None:
    """Shown by key only; sent whole."""
    hook = subscribe(world, issues_events=True, url="http://bot.test/{where}")
    path = f"{world.path}/hooks/{hook['id']}"
    world.mia.call("PUT", f"{path}/custom_headers/X-One", 204, json={"value": "1"})
    world.mia.call("PUT", f"{path}/url_variables/where", 204, json={"value": "secret"})
    shown = world.mia.get(path)
    assert shown["custom_headers"] == [{"key": "X-One"}]
    assert shown["url_variables"] == [{"key": "where"}]
    world.issue()
    delivery = world.sim.outbox.take()[0]
    assert (delivery.url, delivery.headers["X-One"]) == ("http://bot.test/secret", "1")
    world.mia.delete(f"{path}/custom_headers/X-One")
    world.mia.delete(f"{path}/custom_headers/X-One", 404)
    world.mia.delete(f"{path}/url_variables/where")
    world.mia.delete(f"{path}/url_variables/where", 404)


def test_event_uuid_stops_a_loop(world: World) -> None:
    """A call that carries the UUID of a delivery does not fire the same hook again."""
    subscribe(world, issues_events=True)
    issue = world.issue()
    uuid = world.sim.outbox.take()[0].headers["X-Gitlab-Event-UUID"]
    body, chain = {"title": "Again"}, {"X-Gitlab-Event-UUID": uuid}
    world.rita.call("PUT", world.at(issue), 200, json=body, headers=chain)
    first = world.sim.outbox.take()
    assert [d.headers["X-Gitlab-Event-UUID"] for d in first] == [uuid]
    world.rita.call("PUT", world.at(issue), 200, json=body, headers=chain)
    assert world.sim.outbox.take() == []
    world.sim.clock.advance(timedelta(minutes=31))
    world.rita.call("PUT", world.at(issue), 200, json=body, headers=chain)
    assert len(world.sim.outbox.take()) == 1
    world.rita.put(world.at(issue), title="Plain")
    assert len(world.sim.outbox.take()) == 1


def test_deliveries_can_be_dropped_doubled_delayed_and_reordered(world: World) -> None:
    """Each by a fault rule on the event or the hook."""
    hook = subscribe(world, issues_events=True)

    def issues() -> list[int]:
        return [body["object_attributes"]["iid"] for _, body in taken(world)]

    world.sim.faults.add(match={"event": "Issue Hook"}, kind="drop_hook")
    world.issue()
    assert issues() == []
    world.sim.faults.add(match={"hook_id": hook["id"]}, kind="double_hook")
    world.issue()
    assert issues() == [2, 2]
    world.sim.faults.add(kind="delay_hook", seconds=60)
    world.issue()
    world.issue()
    assert issues() == [4]
    world.sim.clock.advance(timedelta(seconds=60))
    assert issues() == [3]
    world.sim.faults.add(kind="reorder_hook", after=1)
    world.issue()
    world.issue()
    assert issues() == [6, 5]


TEMPLATES = [
    ('{"kind": "{{object_kind}}"}', {"kind": "issue"}),
    ('{"title": "{{object_attributes.title}}"}', {"title": 'A "b" \\ c'}),
    ('{"labels": {{labels}}, "none": {{a.b}}}', {"labels": [], "none": None}),
    ('{"first": {{labels.0}}}', {"first": None}),
]


@pytest.mark.parametrize(("text", "expected"), TEMPLATES)
def test_bodies_follow_their_template(world: World, text: str, expected: dict[str, Any]) -> None:
    """Values stand in it as JSON, without the quotes around texts."""
    fields = {"issues_events": True, "custom_webhook_template": text}
    world.mia.post(f"{world.path}/hooks", url="http://bot.test", **fields)
    world.issue(title='A "b" \\ c')
    assert json.loads(world.sim.outbox.take()[0].body) == expected


def test_template_that_makes_no_json_is_not_sent(world: World) -> None:
    """The hook remembers it as a failure."""
    fields = {"issues_events": True, "custom_webhook_template": '{"title": {{object_kind}}}'}
    hook = world.mia.post(f"{world.path}/hooks", url="http://bot.test", **fields)
    world.issue()
    assert world.sim.outbox.take() == []
    events = world.mia.get(f"{world.path}/hooks/{hook['id']}/events")
    assert [event["response_status"] for event in events] == ["internal error"]
