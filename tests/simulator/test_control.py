"""Faults, the clock, the control paths, and real HTTP."""

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from starlette.testclient import TestClient

from bot.simulator import AnswerLostError, Simulator, create_app, serve
from tests.simulator.conftest import ROOT_TOKEN, START, World

NEW = {"title": "New"}


def test_status_fault_before_the_write(world: World) -> None:
    """Nothing is written, and the rule is used up."""
    match = {"method": "POST", "path": "/issues$", "user": "rita"}
    world.sim.faults.add(match=match, kind="status", status=502)
    world.dora.post(f"{world.path}/issues", **NEW)
    assert world.rita.post(f"{world.path}/issues", 502, **NEW) == {"message": "502 Error"}
    world.rita.post(f"{world.path}/issues", **NEW)
    assert len(world.rita.get(f"{world.path}/issues")) == 2


def test_status_fault_after_the_write(world: World) -> None:
    """The answer lies: the write was done."""
    world.sim.faults.add(match={"method": "POST"}, kind="status", status=500, after_write=True)
    world.rita.post(f"{world.path}/issues", 500, **NEW)
    assert len(world.rita.get(f"{world.path}/issues")) == 1


def test_every_answer_tells_the_time(world: World) -> None:
    """In the `Date` header: the simulated time, which is that of everything in it."""
    world.sim.clock.set(datetime(2027, 3, 1, 9, tzinfo=UTC))
    with serve(world.sim) as served:
        answer = requests.get(f"{served.url}/api/v4/metadata", timeout=10)
    assert answer.headers["Date"] == "Mon, 01 Mar 2027 09:00:00 GMT"


def test_rate_limit_with_and_without_retry_after(world: World) -> None:
    """429 is plain text, as GitLab's."""
    world.sim.faults.add(kind="status", status=429, headers={"Retry-After": "7"}, times=2)
    answer = world.client.get("/api/v4/version")
    assert (answer.status_code, answer.text) == (429, "Retry later\n")
    assert answer.headers["retry-after"] == "7"
    world.client.get("/api/v4/version")
    world.sim.faults.add(kind="status", status=429, body={"message": "slow"}, times=None)
    for _ in range(3):
        assert world.client.get("/api/v4/version").json() == {"message": "slow"}
    world.sim.faults.clear()
    assert world.client.get("/api/v4/version").status_code == 401


def test_lost_answers(world: World) -> None:
    """Before the write nothing happened, after it everything did."""
    world.sim.faults.add(match={"method": "POST"}, kind="timeout_before")
    with pytest.raises(AnswerLostError):
        world.rita.post(f"{world.path}/issues", **NEW)
    assert world.rita.get(f"{world.path}/issues") == []
    world.sim.faults.add(match={"method": "POST"}, kind="timeout_after")
    with pytest.raises(AnswerLostError):
        world.rita.post(f"{world.path}/issues", **NEW)
    assert len(world.rita.get(f"{world.path}/issues")) == 1
    assert [entry[3] for entry in world.sim.calls.log] == [0, 200, 0, 200]


def test_write_commits_after_its_client_gave_up(world: World) -> None:
    """The issue appears only when the simulated minute has passed."""
    world.sim.faults.add(match={"method": "POST"}, kind="commit_later", seconds=60)
    with pytest.raises(AnswerLostError):
        world.rita.post(f"{world.path}/issues", **NEW)
    world.sim.clock.advance(timedelta(seconds=59))
    assert world.rita.get(f"{world.path}/issues") == []
    world.sim.clock.advance(timedelta(seconds=1))
    made = world.rita.get(f"{world.path}/issues")
    assert [issue["created_at"] for issue in made] == ["2026-03-02T09:01:00.000Z"]


def test_slow_answer(world: World) -> None:
    """The call is done; its answer takes real time."""
    world.sim.faults.add(kind="delay", seconds=0.01)
    world.rita.post(f"{world.path}/issues", **NEW)


def test_unknown_fault_is_refused(world: World) -> None:
    """A misspelt kind is an error and not a rule that never fits."""
    with pytest.raises(ValueError, match=r"should be .*'timeout_before'"):
        world.sim.faults.add(kind="timeout")


def test_calls_are_counted(world: World) -> None:
    """Reads and writes apart, and the last ones by name."""
    world.rita.get(f"{world.path}/issues")
    world.rita.post(f"{world.path}/issues", **NEW)
    world.client.get("/simulator")
    assert (world.sim.calls.reads, world.sim.calls.writes) == (1, 1)
    assert world.sim.calls.log[-1] == ("POST", "/api/v4/projects/1/issues", "rita", 201)
    log = world.client.get("/simulator/calls").json()
    assert log[0]["user"] == "rita"
    world.client.get("/api/v4/user", headers={"PRIVATE-TOKEN": "wrong"})
    assert list(world.sim.calls.log)[-1] == ("GET", "/api/v4/user", None, 401)


def test_clock_runs_with_real_time_plus_an_offset() -> None:
    """Without a start it follows the world; setting it keeps it running."""
    sim = Simulator()
    before = sim.clock.now()
    assert abs(datetime.now(UTC) - before) < timedelta(minutes=1)  # noqa: TID251 - real time meant
    sim.clock.set(START)
    assert START <= sim.clock.now() < START + timedelta(minutes=1)
    sim.clock.advance(timedelta(days=1))
    assert sim.clock.now() >= START + timedelta(days=1)


def test_control_paths_move_time_and_tier(world: World) -> None:
    """They need no token and are no part of the API."""
    client = world.client
    assert client.get("/simulator/clock").json() == {"now": "2026-03-02T09:00:00.000Z"}
    moved = client.post("/simulator/clock/advance", json={"days": 1, "hours": 2, "seconds": 3})
    assert moved.json() == {"now": "2026-03-03T11:00:03.000Z"}
    assert client.put("/simulator/clock", json={"now": "2026-04-01"}).status_code == 200
    assert client.put("/simulator/clock", json={}).status_code == 400
    assert client.post("/simulator/clock/advance", json={"days": "x"}).status_code == 400
    assert client.put("/simulator/tier", json={"tier": "free"}).json() == {"tier": "free"}
    assert client.get("/simulator/tier").json() == {"tier": "free"}
    assert client.put("/simulator/tier", json={"tier": "gold"}).status_code == 400
    with pytest.raises(ValueError, match="tier must be"):
        world.sim.tier = "gold"
    assert client.get("/simulator").json()["projects"] == 1


def test_control_paths_add_and_clear_faults(world: World) -> None:
    """The same rules as from Python; wrong ones are 400."""
    client = world.client
    rule = {"kind": "status", "status": 503, "times": 2, "match": {"method": "GET"}}
    assert client.post("/simulator/faults", json=rule).status_code == 201
    world.rita.get("/user", 503)
    assert client.get("/simulator/faults").json()[0]["times"] == 1
    assert client.delete("/simulator/faults").status_code == 204
    world.rita.get("/user")
    form = {"kind": "status", "status": "429", "match[method]": "POST", "times": "3"}
    made = client.post("/simulator/faults", data=form | {"body": "Wait", "after_write": "yes"})
    assert client.get("/simulator/faults").json() == [made.json()]
    assert made.json() == {
        "kind": "status",
        "match": {"method": "POST"},
        "status": 429,
        "headers": {},
        "body": "Wait",
        "times": 3,
        "after": 0,
        "after_write": True,
        "seconds": 0,
    }
    world.rita.get("/user")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"kind": "x"}, "kind: "),
        ({"kind": "drop"}, "'drop_hook'"),
        ({"matches": {}}, "matches: Extra inputs are not permitted"),
        ({"match": "POST"}, "match: "),
        ({"match": {"metod": "POST"}}, "match.metod: Extra inputs are not permitted"),
        ({"match": {"path": "("}}, "match.path: ( is no regular expression"),
        ({"match": {"event": "Push Hook"}}, "about calls, which have no event"),
        ({"kind": "drop_hook", "match": {"user": "rita"}}, "about deliveries, which have no user"),
        ({"status": 9999}, "status: "),
        ({"status": 99}, "status: "),
        ({"seconds": "x"}, "seconds: "),
        ({"seconds": 1e300}, "seconds: "),
        ({"seconds": -1}, "seconds: "),
        ({"times": "many"}, "times: "),
        ({"times": 0}, "times: "),
        ({"after": -1}, "after: "),
        ({"headers": "x"}, "headers: "),
        ({"headers": {"X": "1\r\n2"}}, "headers.X: "),
        ({"headers": {"a b": "1"}}, "headers.a b"),
    ],
)
def test_wrong_fault_is_refused_at_once(world: World, wrong: Any, why: str) -> None:
    """With what is wrong, and before it is met by a call."""
    answer = world.client.post("/simulator/faults", json={"kind": "status"} | wrong)
    assert answer.status_code == 400
    assert why in answer.json()["error"]
    assert world.client.get("/simulator/faults").json() == []


@pytest.mark.parametrize("status", [204, 304, 599])
def test_fault_may_have_a_status_without_a_body(status: int) -> None:
    """The connection lives on."""
    sim = Simulator(root_token=ROOT_TOKEN)
    with serve(sim) as served, requests.Session() as session:
        sim.faults.add(kind="status", status=status)
        url = f"{served.url}/api/v4/user?private_token={ROOT_TOKEN}"
        assert session.get(url, timeout=5).status_code == status
        assert session.get(url, timeout=5).json()["username"] == "root"


@pytest.mark.parametrize(
    ("method", "path", "wrong", "why"),
    [
        ("POST", "clock/advance", {"days": 999999999999}, "that is too far"),
        ("POST", "clock/advance", {"days": "Infinity"}, "days: "),
        ("POST", "clock/advance", {"days": 1000 * 365}, "The clock goes from 1970 to 2999"),
        ("POST", "clock/advance", {"days": "x"}, "days: "),
        ("POST", "clock/advance", {"day": 1}, "day: Extra inputs are not permitted"),
        ("POST", "clock/advance", [], "one of seconds, minutes, hours and days is needed"),
        ("PUT", "clock", {"now": ""}, "now:  is no time in ISO 8601"),
        ("PUT", "clock", {"now": "0001-01-01T00:00:00+14:00"}, "is no time in ISO 8601"),
        ("PUT", "clock", {"now": "9999-12-31"}, "The clock goes from 1970 to 2999"),
        ("PUT", "clock", {"time": "2026-04-01"}, "time: Extra inputs are not permitted"),
        ("PUT", "tier", {"tier": "ultimate"}, "tier: "),
        ("POST", "jobs", {"project": "team/proj", "username": "rita"}, "project: "),
        ("POST", "jobs", {"project": 1}, "username: Field required"),
        ("PUT", "jobs/1", {"state": "failed"}, "state: Extra inputs are not permitted"),
    ],
)
def test_control_paths_take_no_typos(
    world: World, method: str, path: str, wrong: Any, why: str
) -> None:
    """What is not expected is refused with a sentence, and nothing moves."""
    before = world.client.get("/simulator").json()
    answer = world.client.request(method, f"/simulator/{path}", json=wrong)
    assert answer.status_code == 400
    assert why in answer.json()["error"]
    assert world.client.get("/simulator").json() == before


def test_control_paths_handle_deliveries(world: World) -> None:
    """Look, drop, double, reverse, hold."""
    client = world.client
    world.mia.post(f"{world.path}/hooks", url="http://bot.test", issues_events=True)
    for _ in range(2):
        world.issue()
    first, second = client.get("/simulator/hooks").json()
    assert first["event"] == "Issue Hook"
    assert client.post(f"/simulator/hooks/{first['id']}/double").status_code == 201
    assert len(world.sim.outbox.pending) == 3
    assert client.delete(f"/simulator/hooks/{first['id']}").status_code == 204
    turned = client.post("/simulator/hooks/reverse").json()
    assert [entry["id"] for entry in turned] == [first["id"], second["id"]]
    assert client.post("/simulator/hooks/x/double").status_code == 404
    assert client.delete("/simulator/hooks/x").status_code == 404
    assert client.post("/simulator/hooks/pause").json() == {"paused": True}
    assert client.post("/simulator/hooks/resume").json() == {"paused": False}
    assert client.delete("/simulator/hooks").status_code == 204
    assert world.sim.outbox.pending == []


def test_reset_leaves_only_root(world: World) -> None:
    """Data, counters and faults go; the administrator's token works again."""
    world.issue()
    assert world.client.post("/simulator/reset").json()["users"] == 1
    world.rita.get("/user", 401)
    assert world.root.get("/user")["username"] == "root"
    assert world.sim.root.admin is True


class Receiver(BaseHTTPRequestHandler):
    """Remembers what it was sent."""

    got: list[Any]

    def do_POST(self) -> None:
        """Take a delivery."""
        self.got.append(self.headers["X-Gitlab-Event"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Be quiet."""


def test_hooks_are_delivered_over_http() -> None:
    """A thread sends them and reports the answers, unless told to wait."""
    Receiver.got = []
    listener = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    sim = Simulator(root_token=ROOT_TOKEN)
    with serve(sim) as served, requests.Session() as session:
        assert sim.url == served.url
        session.headers["PRIVATE-TOKEN"] = ROOT_TOKEN
        api = f"{served.url}/api/v4"
        session.post(f"{api}/projects", json={"name": "p"})
        hook = {"url": f"http://127.0.0.1:{listener.server_port}", "issues_events": True}
        session.post(f"{api}/projects/1/hooks", json=hook)
        session.post(f"{served.url}/simulator/hooks/pause")
        session.post(f"{api}/projects/1/issues", json=NEW)
        session.post(f"{served.url}/simulator/hooks/resume")
        events = f"{api}/projects/1/hooks/1/events"
        statuses: list[Any] = []
        for _ in range(200):
            statuses = [event["response_status"] for event in session.get(events).json()]
            if statuses:
                break
            threading.Event().wait(0.02)
        assert (statuses, Receiver.got) == (["200"], ["Issue Hook"])
    listener.shutdown()
    listener.server_close()
    thread.join()


def test_lost_answer_over_http_is_a_timeout() -> None:
    """The client gives up, and the write is there."""
    sim = Simulator(root_token=ROOT_TOKEN, url="http://gitlab.example")
    with serve(sim) as served:
        assert sim.url == "http://gitlab.example"
        sim.faults.add(match={"method": "POST"}, kind="timeout_after")
        headers = {"PRIVATE-TOKEN": ROOT_TOKEN}
        url = f"{served.url}/api/v4/projects"
        with pytest.raises(requests.Timeout):
            requests.post(url, json={"name": "p"}, headers=headers, timeout=0.2)
        assert len(requests.get(url, headers=headers, timeout=5).json()) == 1


def test_taken_port_is_an_error() -> None:
    """Serving where somebody else serves fails at once."""
    with serve(Simulator()) as served:
        port = int(served.url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use"):
            serve(Simulator(), port=port)


def test_sessions_do_not_share_anything() -> None:
    """Two simulators are two GitLabs."""
    one, two = Simulator(root_token="one"), Simulator(root_token="two")
    client = TestClient(create_app(one))
    assert client.get("/api/v4/user", headers={"PRIVATE-TOKEN": "two"}).status_code == 401
    assert two.calls.reads == 0
