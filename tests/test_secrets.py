"""Secrets stay where they are: canaries go down every error path, and are looked for everywhere.

Everywhere: the log at its most talkative, every table, every comment and issue, the answers of our
own server, the metrics, and what a command prints.
"""

import base64
import io
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog

from bot import __main__, telemetry
from bot.bootstrap import web_app
from bot.domain.errors import PermanentError, TransientError
from bot.gitlab.client import Client, NotAllowed, NotVisible
from bot.settings import Settings, SettingsError
from bot.store import tables
from bot.store.database import StoreError
from bot.store.store import Store
from tests.scenarios.play import SECRET, Play
from tests.transport import AsgiTransport, session

TOKEN = "canary-of-the-access-token"
HOOK = "canary-of-the-webhook"
SIGNING = "whsec_" + base64.b64encode(b"canary of the signing token ....").decode()
KEY = "canary-of-the-secret-keys-" + "0" * 16
PASSWORD = "canary-of-the-database"
CANARIES = (TOKEN, HOOK, SIGNING, SIGNING.removeprefix("whsec_"), KEY, PASSWORD)
REFUSALS = (400, 401, 403, 404, 409, 422, 429, 500)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Where the log goes; logging is left as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


# --- A running bot -------------------------------------------------------------------------------


class Watched:
    """A bot at work, its own secrets, and all places where one could come out."""

    def __init__(self, folder: Path, log: io.StringIO) -> None:
        self.play = Play(folder)
        self.play.may_give_up = True
        self.canaries = (self.play.world.bot_token, SECRET, "k" * 32)
        self._folder = folder
        self._log = log
        self._server = httpx2.Client(transport=AsgiTransport(web_app(self.play.bot)))
        telemetry.set_up("json", "debug", self.play.bot.settings.secrets(), stream=log)

    def assert_silent(self) -> None:
        """No secret has come out anywhere."""
        places = {
            "log": self._log.getvalue(),
            "database": "\n".join(self._rows()),
            "answers": "\n".join(self._answers()),
            "GitLab": "\n".join(self._texts()),
            "representations": repr((self.play.bot, self.play.bot.access().finder)),
        }
        assert all(places.values())
        found = {name: [c for c in self.canaries if c in text] for name, text in places.items()}
        assert not any(found.values()), found

    def _rows(self) -> Iterator[str]:
        with closing(sqlite3.connect(self._folder / "launchbot.db")) as connection:
            for table in tables.metadata.tables.values():
                for row in connection.execute(f"SELECT * FROM {table.name}"):  # noqa: S608
                    yield repr(row)

    def _answers(self) -> Iterator[str]:
        for path in ("healthz", "readyz", "metrics", "nowhere", "openapi.json"):
            yield self._server.get(f"http://bot.test/{path}").text
        for headers in ({}, {"x-gitlab-token": SECRET}, {"x-gitlab-token": f"{SECRET}x"}):
            for body in (b"{", b"[]", b'{"object_kind": 1}'):
                yield self._server.post(
                    "http://bot.test/webhooks/gitlab", content=body, headers=headers
                ).text

    def _texts(self) -> Iterator[str]:
        state = self.play.sim.state
        for issue in state.issues.values():
            yield f"{issue.title}\n{issue.description}"
        yield from (note.body for note in state.notes.values())


@pytest.fixture
def watched(tmp_path: Path, log: io.StringIO) -> Iterator[Watched]:
    """A bot at work."""
    bot = Watched(tmp_path, log)
    yield bot
    bot._server.close()
    bot.play.close()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize("status", REFUSALS)
def test_gitlab_that_repeats_the_token_is_not_quoted(
    watched: Watched, status: int, method: str
) -> None:
    """Something in between may show the request's headers in its refusal."""
    play, (token, *_) = watched.play, watched.canaries
    body = {"message": f"refused: PRIVATE-TOKEN: {token} is not welcome", "error": token}
    match = {"method": method, "user": "launchbot"}
    play.sim.faults.add(kind="status", status=status, body=body, match=match, times=40)
    play.request()
    watched.assert_silent()
    play.sim.faults.clear()
    play.wait(days=1).resync()
    watched.assert_silent()


@pytest.mark.parametrize("body", ["<html>{}</html>", "{}", ["{}"], {"id": "{}"}], ids=str)
def test_malformed_answer_is_not_quoted(watched: Watched, body: Any) -> None:
    """An answer that is no answer is a fault, and its text is nobody's business."""
    token = watched.canaries[0]
    shown = _put_in(body, token)
    match = {"user": "launchbot"}
    watched.play.sim.faults.add(kind="status", status=200, body=shown, match=match, times=60)
    watched.play.request()
    watched.assert_silent()


def _put_in(body: Any, token: str) -> Any:
    if isinstance(body, dict):
        return {key: _put_in(value, token) for key, value in body.items()}
    return [_put_in(item, token) for item in body] if isinstance(body, list) else body.format(token)


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
def test_lost_answer_tells_nothing(watched: Watched, kind: str) -> None:
    """The calls stand in the log, without what they carry."""
    watched.play.sim.faults.add(kind=kind, match={"user": "launchbot"}, times=20)
    watched.play.request()
    watched.assert_silent()


def test_crash_of_a_worker_tells_nothing(watched: Watched, log: io.StringIO) -> None:
    """Its traceback is logged, without the secrets that stood in the error."""

    def crash(key: str) -> None:
        raise RuntimeError(f"cannot {key}: {watched.canaries}")

    watched.play.request()
    watched.play.bot.engine.enqueue("launch:i1")
    assert watched.play.bot.engine.drain(crash)
    assert "RuntimeError: cannot launch:i1" in log.getvalue()
    watched.assert_silent()


# --- The client ----------------------------------------------------------------------------------

ECHOES = ("{}", '{{"message": "PRIVATE-TOKEN: {}"}}', '{{"error": ["{}"]}}', "<p>{}</p>")


@pytest.mark.parametrize("status", [*REFUSALS, 200, 301, 302, 307, 418, 502])
@pytest.mark.parametrize("text", ECHOES)
def test_no_error_of_the_client_shows_the_token(status: int, text: str) -> None:
    """Whatever comes back, and wherever it leads."""
    headers = {"location": f"https://{TOKEN}@elsewhere.test/{TOKEN}?a={TOKEN}"}

    async def echo(_scope: Any, _receive: Any, send: Any) -> None:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": text.format(TOKEN).encode()})

    with httpx2.Client(transport=AsgiTransport(echo)) as line:
        client = Client("http://gitlab.test", TOKEN, session=session(line))
        for call in (
            lambda: client.get("/user"),
            lambda: client.list("/issues"),
            lambda: client.post("/x", {"a": 1}),
            lambda: client.put("/x", {"a": 1}),
        ):
            said = ""
            try:
                call()
            except (NotVisible, NotAllowed, TransientError, PermanentError) as error:
                said = f"{error} {error!r} {getattr(error, 'why', '')}"
            assert TOKEN not in said
        assert TOKEN not in repr(client)


@pytest.mark.parametrize(
    "token", [f"{TOKEN}\r\nX: y", f"{TOKEN}\u20ac", f"{TOKEN} x", f"\0{TOKEN}"]
)
def test_token_that_cannot_be_sent_is_refused_at_the_start(token: str) -> None:
    """A header cannot carry it, and the library that says so quotes it."""
    with pytest.raises(SettingsError) as refusal:
        Settings.load({**ENVIRONMENT, "LAUNCHBOT_GITLAB_TOKEN": token})
    assert "LAUNCHBOT_GITLAB_TOKEN has to be an access token" in str(refusal.value)
    assert TOKEN not in f"{refusal.value} {refusal.value!r}"


# --- Settings and commands -----------------------------------------------------------------------

ENVIRONMENT = {
    "LAUNCHBOT_GITLAB_URL": "http://127.0.0.1:9",
    "LAUNCHBOT_GITLAB_TOKEN": TOKEN,
    "LAUNCHBOT_WEBHOOK_SECRET": HOOK,
    "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": SIGNING,
    "LAUNCHBOT_SECRET_KEYS": KEY,
    "LAUNCHBOT_DATABASE_URL": f"postgresql://bot:{PASSWORD}@127.0.0.1:9/launchbot",
}

CONFIGURATION = (
    "projects: {partnerships: 1, packaging: 2, marketing: 3, docs: 4}\n"
    "roles: {partnerships: [a], packaging: [b], partner-marketing: [c], technical-writing: [d]}"
)

WRONG = {
    "no driver": {},
    "no such host": {"LAUNCHBOT_GITLAB_URL": "http://nowhere.invalid"},
    "TLS where there is none": {"LAUNCHBOT_GITLAB_URL": "https://127.0.0.1:9"},
    "token in the address": {"LAUNCHBOT_GITLAB_URL": f"http://bot:{TOKEN}@gitlab.test"},
    "token in the query": {"LAUNCHBOT_GITLAB_URL": f"http://gitlab.test?private_token={TOKEN}"},
    "cut signing token": {"LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": SIGNING[:-3]},
    "short key": {"LAUNCHBOT_SECRET_KEYS": KEY[:30]},
    "secret as a file": {"LAUNCHBOT_GITLAB_TOKEN_FILE": "/nowhere"},
    "secret under another name": {"LAUNCHBOT_WEBHOOK_SECRETS": HOOK},
    "no database of ours": {"LAUNCHBOT_DATABASE_URL": f"mysql://bot:{PASSWORD}@db/launchbot"},
    "no database at all": {"LAUNCHBOT_DATABASE_URL": f"bot:{PASSWORD}@db/launchbot"},
    "password in the query": {
        "LAUNCHBOT_DATABASE_URL": f"postgresql://db/launchbot?password={PASSWORD}"
    },
    "odd host": {"LAUNCHBOT_DATABASE_URL": f"postgresql://bot:{PASSWORD}@d\u2100b/launchbot"},
    "odd port": {"LAUNCHBOT_DATABASE_URL": f"postgresql://bot:{PASSWORD}@db:port/launchbot"},
    "odd bracket": {"LAUNCHBOT_DATABASE_URL": f"postgresql://bot:{PASSWORD}[@db/launchbot"},
    "odd password": {"LAUNCHBOT_DATABASE_URL": f"postgresql://bot:a/{PASSWORD}#?@db/launchbot"},
    "SQLite with a password": {"LAUNCHBOT_DATABASE_URL": f"sqlite://bot:{PASSWORD}@/launchbot.db"},
    "secret as a level": {"LAUNCHBOT_LOG_LEVEL": "loud"},
}


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("command", ["serve", "plan --all", "reconcile --all"])
@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_no_command_prints_a_secret(
    changes: dict[str, str],
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """It explains what is wrong and leaves with 1; where a secret stood is named, not shown."""
    config = tmp_path / "launchbot.yml"
    config.write_text(CONFIGURATION)
    environment = {**ENVIRONMENT, "LAUNCHBOT_CONFIG": str(config), **changes}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["launchbot", *command.split()])
    with pytest.raises(SystemExit) as left:
        __main__.main()
    said = "".join(capsys.readouterr())
    assert left.value.code == 1
    assert said
    assert not [canary for canary in CANARIES if canary in said]
    assert "the fault is its own" not in said


def test_fault_of_ours_is_told_without_secrets(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody has foreseen may hold anything."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def fail(**_: object) -> None:
        raise KeyError(CANARIES)

    monkeypatch.setattr(__main__, "app", fail)
    with pytest.raises(SystemExit):
        __main__.main()
    said = capsys.readouterr().err
    assert "the fault is its own: KeyError" in said
    assert not [canary for canary in CANARIES if canary in said]


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_every_secret_is_known_to_the_log(changes: dict[str, str]) -> None:
    """Whatever form an address has, the password in it is taken out."""
    try:
        settings = Settings.load({**ENVIRONMENT, **changes})
    except SettingsError as error:
        shown = f"{error} {error!r}"
    else:
        redact = telemetry.Redaction(settings.secrets())
        url = settings.database_url.get_secret_value()
        shown = redact.text(f"{url} {TOKEN} {HOOK} {SIGNING} {KEY} {settings!r}")
    assert not [canary for canary in CANARIES if canary in shown]


@pytest.mark.parametrize(
    "url",
    [
        change["LAUNCHBOT_DATABASE_URL"]
        for change in WRONG.values()
        if "LAUNCHBOT_DATABASE_URL" in change
    ],
)
def test_database_that_cannot_be_opened_hides_its_password(url: str) -> None:
    """The message names the database, so that one knows which it is."""
    with pytest.raises(StoreError) as refusal:
        Store.open(url)
    assert PASSWORD not in f"{refusal.value} {refusal.value!r}"
