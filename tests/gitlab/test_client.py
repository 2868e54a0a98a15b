"""What GitLab may answer, and what it means for the bot."""

import json
import ssl
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import requests
import respx

from bot.domain.errors import PermanentError, TransientError
from bot.gitlab.client import Client, NotAllowed, NotVisible
from bot.simulator import Simulator, serve
from tests.gitlab.world import World
from tests.transport import session

API = "https://gitlab.test/api/v4"
TOKEN = "glpat-invented-and-secret"


@pytest.fixture
def mock() -> Iterator[respx.MockRouter]:
    """Answers in GitLab's place; what nobody stubbed is an error."""
    with respx.mock(using="httpcore2", assert_all_called=False) as router:
        yield router


@pytest.fixture
def client() -> Iterator[Client]:
    """The real client; what is behind it, a test says."""
    with httpx2.Client() as http:
        yield Client("https://gitlab.test", TOKEN, session=session(http))


def writes(client: Client) -> dict[str, Callable[[], Any]]:
    """Both ways to write."""
    return {
        "post": lambda: client.post("/things", {"a": 1}),
        "put": lambda: client.put("/things", {"a": 1}),
    }


def routes(mock: respx.Router) -> dict[str, respx.Route]:
    """The routes of everything that `writes` and the reads call."""
    return {name: getattr(mock, name)(f"{API}/things") for name in ("get", "post", "put")}


# --- Reads --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "time"),
    [
        ({"Date": "Mon, 01 Mar 2027 09:00:00 GMT"}, datetime(2027, 3, 1, 9, tzinfo=UTC)),
        ({"Date": "yesterday"}, None),
        ({}, None),
    ],
    ids=["told", "nonsense", "not told"],
)
def test_time_is_gitlabs_own(
    client: Client, mock: respx.Router, headers: dict[str, str], time: datetime | None
) -> None:
    """As it told it with its last answer; None where it did not."""
    assert client.time() is None
    mock.get(f"{API}/things").respond(json={}, headers=headers)
    client.get("/things")
    assert client.time() == time


@pytest.mark.parametrize("status", [403, 404])
def test_what_may_not_be_seen_is_not_visible(
    client: Client, mock: respx.Router, status: int
) -> None:
    """GitLab answers 404 also where it means "not for you"; both say the same to us."""
    mock.get(f"{API}/things").respond(status, json={"message": f"{status} Nothing"})
    for read in (client.get, client.list):
        with pytest.raises(NotVisible, match="Nothing"):
            read("/things")


def test_wrong_token_is_told_with_its_cure(client: Client, mock: respx.Router) -> None:
    """A token may be renewed at any time, so it is tried again, but not at once."""
    for route in routes(mock).values():
        route.respond(401, json={"message": "401 Unauthorized"})
    for call in (lambda: client.get("/things"), *writes(client).values()):
        with pytest.raises(TransientError, match="LAUNCHBOT_GITLAB_TOKEN") as caught:
            call()
        assert caught.value.retry_after == 60


@pytest.mark.parametrize(
    ("headers", "pause"),
    [({"Retry-After": "7"}, 7), ({}, 60), ({"Retry-After": "tomorrow"}, 60)],
    ids=["as asked", "not told", "not understood"],
)
def test_too_many_calls_wait_as_long_as_gitlab_says(
    client: Client, mock: respx.Router, headers: dict[str, str], pause: float
) -> None:
    """Nobody sleeps: the launch goes back into the queue; what was not done is not lost."""
    for route in routes(mock).values():
        route.respond(429, text="Retry later\n", headers=headers)
    for call in (lambda: client.list("/things"), *writes(client).values()):
        with pytest.raises(TransientError, match="slow down") as caught:
            call()
        assert caught.value.retry_after == pause
    assert mock.calls.call_count == 3


def test_old_pause_does_not_count(client: Client, mock: respx.Router) -> None:
    """How long to wait stands in the answer itself, never in one before it."""
    mock.get(f"{API}/one").respond(429, headers={"Retry-After": "900"})
    mock.get(f"{API}/two").respond(429)
    for path, pause in (("/one", 900), ("/two", 60)):
        with pytest.raises(TransientError) as caught:
            client.get(path)
        assert caught.value.retry_after == pause


def test_reads_are_tried_three_times(client: Client, mock: respx.Router) -> None:
    """A gateway that stumbles once is no reason to come back later; one that is down is."""
    route = mock.get(f"{API}/things")
    route.side_effect = [
        respx.MockResponse(502),
        _timeout(),
        respx.MockResponse(200, json=[{"id": 1}]),
    ]
    assert client.list("/things") == [{"id": 1}]
    route.side_effect = None
    route.respond(500)
    with pytest.raises(TransientError, match="500"):
        client.list("/things")
    assert route.call_count == 6


def test_lost_connection_is_no_fault_of_ours(client: Client, mock: respx.Router) -> None:
    """Networks fail; that means come back later."""
    mock.get(f"{API}/things").side_effect = _timeout()
    with pytest.raises(TransientError, match="ConnectionError"):
        client.get("/things")


def test_authority_whose_file_is_gone_is_no_fault_of_ours() -> None:
    """Somebody may take it away while the bot runs; nothing was sent."""
    client = Client("https://gitlab.test", "token", ca_file="/nowhere/ca.pem")
    with pytest.raises(TransientError, match=r"a file that this takes cannot be read \(OSError\)"):
        client.get("/things")


def test_why_there_is_no_answer_is_told(client: Client, mock: respx.Router) -> None:
    """In words, and by the kind of the error; what it says may hold what was asked."""
    route = mock.get(f"{API}/things")
    for kind, told in (
        (requests.exceptions.SSLError, "no TLS connection can be made"),
        (requests.exceptions.ProxyError, "the proxy does not lead there"),
        (requests.exceptions.Timeout, "no answer came"),
    ):
        route.side_effect = kind("glpat-secret")
        with pytest.raises(TransientError, match=rf"{told} \({kind.__name__}\)$"):
            client.get("/things")


class Untrusting(requests.adapters.HTTPAdapter):
    """Raises what requests raises for a certificate of nobody known."""

    def send(self, *_: object, **__: object) -> requests.Response:
        """Send nothing."""
        below = ssl.SSLCertVerificationError(1, "self-signed certificate")
        below.reason = "CERTIFICATE_VERIFY_FAILED"
        raise requests.exceptions.SSLError("glpat-secret") from below


def test_certificate_that_is_not_trusted_is_told() -> None:
    """The one failure of TLS that is about trust."""
    session = requests.Session()
    session.mount("https://", Untrusting())
    with pytest.raises(TransientError, match=r"its certificate is not trusted \(SSLError\)$"):
        Client("https://gitlab.test", TOKEN, session=session).get("/things")


def test_failures_of_tls_are_told_apart(tmp_path: Path) -> None:
    """Whoever is told of an untrusted certificate looks for the cause in the wrong place."""
    config = tmp_path / "launchbot.yml"
    config.write_text("projects: {}\n")
    with serve(Simulator("root-token-0123456789")) as served:
        address = served.url.replace("http://", "https://")
        for ca_file, told in ((None, "nobody speaks TLS there"), (str(config), "no certificate")):
            with pytest.raises(TransientError, match=rf": {told}.*\(SSLError\)$"):
                Client(address, TOKEN, ca_file=ca_file).get("/user")


def test_refused_read_is_given_up(client: Client, mock: respx.Router) -> None:
    """A question that GitLab does not understand is a mistake that only a change mends."""
    route = mock.get(f"{API}/things").respond(400, json={"error": "scope is invalid"})
    with pytest.raises(PermanentError, match="400 scope is invalid"):
        client.list("/things")
    assert route.call_count == 1


ODD = {
    "login page": {"html": "<html>Sign in</html>"},
    "broken JSON": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "text": {"json": "fine"},
    "number": {"json": 7},
    "nothing": {"json": None},
}


@pytest.mark.parametrize("answer", [*ODD.values(), {"json": [1]}], ids=[*ODD, "list"])
def test_odd_answer_about_one_thing_is_tried_again(
    client: Client, mock: respx.Router, answer: dict[str, Any]
) -> None:
    """Something stands between the bot and GitLab; it may go away."""
    mock.get(f"{API}/things").respond(200, **answer)
    with pytest.raises(TransientError, match="API promises"):
        client.get("/things")


@pytest.mark.parametrize("answer", [*ODD.values(), {"json": {"id": 1}}], ids=[*ODD, "thing"])
def test_odd_answer_about_several_things_is_tried_again(
    client: Client, mock: respx.Router, answer: dict[str, Any]
) -> None:
    """An answer that is no list must not be taken for an empty one: we would create again."""
    mock.get(f"{API}/things").respond(200, **answer)
    with pytest.raises(TransientError, match="API promises"):
        client.list("/things")


def test_all_pages_of_a_list_are_read(world: World) -> None:
    """A hundred at a time, as many as GitLab gives."""
    admin, office = world.actor("root"), world.project("office")
    for number in range(101):
        admin.file(office, f"Issue {number}", "", "x")
    world.sim.calls.clear()
    found = admin.client.list(f"/projects/{office}/issues", order_by="created_at", sort="asc")
    assert [raw["iid"] for raw in found] == list(range(1, 102))
    assert world.sim.calls.reads == 2


def test_pages_are_read_without_totals_and_at_the_address_that_was_configured(
    client: Client, mock: respx.Router
) -> None:
    """Above 10,000 rows GitLab gives no totals; behind a proxy its links name another host."""
    route = mock.get(url__startswith=f"{API}/things")
    link = '<https://internal.test/api/v4/things?page=2&per_page=100>; rel="next"'
    route.side_effect = [
        respx.MockResponse(200, json=[{"id": 1}], headers={"Link": link}),
        respx.MockResponse(200, json=[{"id": 2}]),
    ]
    assert client.list("/things", state="all") == [{"id": 1}, {"id": 2}]
    assert [str(call.request.url) for call in route.calls] == [
        f"{API}/things?per_page=100&state=all",
        f"{API}/things?page=2&per_page=100",
    ]


# --- Redirects ----------------------------------------------------------------------------------


def test_renamed_project_is_read_at_its_new_address(client: Client, mock: respx.Router) -> None:
    """GitLab redirects reads of a renamed project; on the same host that is followed."""
    target = {"Location": "/api/v4/projects/7"}
    mock.get(f"{API}/projects/old").respond(301, headers=target)
    mock.get(f"{API}/projects/7").respond(json={"id": 7})
    assert client.get("/projects/old") == {"id": 7}


@pytest.mark.parametrize("target", ["https://evil.test/api/v4/things", "http://gitlab.test/things"])
def test_token_is_not_sent_to_another_address(
    client: Client, mock: respx.Router, target: str
) -> None:
    """A redirect elsewhere, or to a line that is not encrypted, would give the token away."""
    route = mock.get(f"{API}/things").respond(302, headers={"Location": f"{target}?x=y"})
    with pytest.raises(PermanentError, match="LAUNCHBOT_GITLAB_URL") as caught:
        client.get("/things")
    assert target in str(caught.value)
    assert mock.calls.call_count == route.call_count == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirected_write_is_refused(client: Client, mock: respx.Router, status: int) -> None:
    """Some redirects turn a write into a read, the others repeat it: none is followed."""
    target = {"Location": "/api/v4/projects/7/things"}
    for route in routes(mock).values():
        route.respond(status, headers=target)
    for call in writes(client).values():
        with pytest.raises(NotAllowed, match="another address"):
            call()
    assert mock.calls.call_count == 2


# --- Writes -------------------------------------------------------------------------------------


def test_answer_to_a_write_is_handed_on(client: Client, mock: respx.Router) -> None:
    """What GitLab made of it may differ from what was asked."""
    for name, route in routes(mock).items():
        route.respond(201, json={"by": name})
    assert {name: call()["by"] for name, call in writes(client).items()} == {
        "post": "post",
        "put": "put",
    }
    assert [json.loads(call.request.content) for call in mock.calls] == [{"a": 1}] * 2


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, {"message": {"title": ["is too long"]}}),
        (403, {"message": "403 Forbidden - no"}),
        (404, {"error": "404 Not Found"}),
        (422, {"message": "is invalid"}),
    ],
)
def test_refused_write_tells_gitlabs_reason(
    client: Client, mock: respx.Router, status: int, said: dict[str, Any]
) -> None:
    """The reason is shown to people, so that they can mend it."""
    for route in routes(mock).values():
        route.respond(status, json=said)
    for call in writes(client).values():
        with pytest.raises(NotAllowed) as caught:
            call()
        assert caught.value.why == f"GitLab answered {next(iter(said.values()))}."
        assert not caught.value.is_conflict


def test_conflict_is_told_apart(client: Client, mock: respx.Router) -> None:
    """What is there already need not be made."""
    mock.post(f"{API}/things").respond(409, json={"message": "Issue(s) already assigned"})
    with pytest.raises(NotAllowed, match="already assigned") as caught:
        client.post("/things", {})
    assert caught.value.is_conflict


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"html": "<html><body>Blocked by the firewall</body></html>"}, "403"),
        ({"text": ""}, "403"),
        ({"text": "no\n/close\n" + "x" * 1000}, "no /close " + "x" * 190),
    ],
    ids=["page", "nothing", "much"],
)
def test_reason_is_one_short_line(
    client: Client, mock: respx.Router, answer: dict[str, Any], told: str
) -> None:
    """Reasons stand in the overview; a page of a firewall would bury it."""
    mock.post(f"{API}/things").respond(403, **answer)
    with pytest.raises(NotAllowed) as caught:
        client.post("/things", {})
    assert caught.value.why == f"GitLab answered {told}."


LOST: dict[str, Any] = {
    "timeout": {"side_effect": TimeoutError("read")},
    "500": {"return_value": respx.MockResponse(500)},
    "502": {"return_value": respx.MockResponse(502, html="<html>Bad gateway</html>")},
    "login page": {"return_value": respx.MockResponse(200, html="<html>Sign in</html>")},
    "broken JSON": {
        "return_value": respx.MockResponse(
            201, content=b"{", headers={"Content-Type": "application/json"}
        )
    },
    "list": {"return_value": respx.MockResponse(201, json=[])},
}


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_write_without_an_answer_is_never_sent_again(
    client: Client, mock: respx.Router, answer: dict[str, Any]
) -> None:
    """It may have been done, or still be done within a minute: the launch is left alone so long."""
    for route in routes(mock).values():
        route.mock(**answer)
    for call in writes(client).values():
        with pytest.raises(TransientError, match="lost") as caught:
            call()
        assert caught.value.retry_after == 60
    assert mock.calls.call_count == 2


# --- Secrets and figures ------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 200, 302, 400, 401, 403, 429, 500])
def test_token_is_in_no_message(client: Client, mock: respx.Router, status: int) -> None:
    """Messages end up in logs and in comments."""
    for route in routes(mock).values():
        if status:
            route.respond(status, text="no", headers={"Location": "https://x.test/"})
        else:
            route.side_effect = _timeout()
    for call in (lambda: client.get("/things"), *writes(client).values()):
        with pytest.raises((TransientError, PermanentError, NotVisible, NotAllowed)) as caught:
            call()
        assert TOKEN not in "".join(traceback.format_exception(caught.value))
        assert TOKEN not in repr(caught.value)
    assert TOKEN not in repr(client)


def test_calls_are_counted_with_what_came_of_them(mock: respx.Router) -> None:
    """Whoever watches the bot sees each call, also each try."""
    heard: list[tuple[str, int]] = []
    for route in routes(mock).values():
        route.side_effect = [_timeout(), respx.MockResponse(200, json={"id": 1})]
    with httpx2.Client() as http:
        client = Client(
            "https://gitlab.test",
            TOKEN,
            session=session(http),
            on_call=lambda method, status: heard.append((method, status)),
        )
        client.get("/things")
        for call in writes(client).values():
            with pytest.raises(TransientError):
                call()
            call()
    assert heard == [
        *(("GET", 0), ("GET", 200)),
        *(("POST or PUT", 0), ("POST", 200)),
        *(("POST or PUT", 0), ("PUT", 200)),
    ]


def test_own_certificates_and_sessions_are_optional() -> None:
    """An installation that needs neither gives neither."""
    client = Client("https://gitlab.test/", TOKEN, ca_file="/etc/own.pem")
    assert client._gitlab.ssl_verify == "/etc/own.pem"
    assert client._gitlab.api_url == API


def _timeout() -> Exception:
    return TimeoutError("it did not answer")
