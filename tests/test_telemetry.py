"""The log: one line per event, and no secret in it, wherever it stood."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry import HIDDEN, Redaction, set_up

CANARY = "canary-3f9a"
TOKEN = "glpat-abcdefghij0123456789"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def stream() -> io.StringIO:
    """Where the log goes."""
    return io.StringIO()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """What was logged as JSON."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_is_one_object_per_line(stream: io.StringIO) -> None:
    """Machines read it."""
    set_up("json", "info", stream=stream)
    with structlog.contextvars.bound_contextvars(key="launch:i1"):
        structlog.get_logger("bot.x").info("launch.opened", phases=3, also=[1.5, None, True])
    [event] = lines(stream)
    assert event["event"] == "launch.opened"
    assert (event["key"], event["phases"], event["also"]) == ("launch:i1", 3, [1.5, None, True])
    assert (event["level"], event["logger"]) == ("info", "bot.x")
    assert event["timestamp"].endswith("Z")


def test_text_is_for_people(stream: io.StringIO) -> None:
    """Without colours unless asked for."""
    set_up("text", "info", stream=stream)
    structlog.get_logger().info("launch.opened", phases=3)
    assert "launch.opened" in stream.getvalue()
    assert "phases=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_log_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output is for data."""
    set_up("text", "info")
    structlog.get_logger().info("hello")
    captured = capsys.readouterr()
    assert "hello" in captured.err
    assert captured.out == ""


def test_level_is_kept(stream: io.StringIO) -> None:
    """What is less important is left out, ours and that of the libraries."""
    set_up("json", "warning", stream=stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("library").info("quiet")
    structlog.get_logger().warning("loud")
    assert [event["event"] for event in lines(stream)] == ["loud"]


def test_libraries_log_the_same_way(stream: io.StringIO) -> None:
    """Their extras are kept, and searched for secrets as well."""
    set_up("json", "info", [CANARY], stream=stream)
    logging.getLogger("library").warning("told %s", CANARY, extra={"more": f"x{CANARY}y"})
    [event] = lines(stream)
    assert event["event"] == f"told {HIDDEN}"
    assert event["more"] == f"x{HIDDEN}y"


def test_noisy_libraries_are_quiet(stream: io.StringIO) -> None:
    """They would log each request and statement with its values."""
    set_up("json", "debug", stream=stream)
    logging.getLogger("urllib3.connectionpool").debug("GET /secret")
    logging.getLogger("sqlalchemy.engine").info("INSERT")
    assert lines(stream) == []


class Strange:
    """An object whose representation gives a secret away."""

    def __repr__(self) -> str:
        return f"Strange({CANARY})"


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_comes_through(stream: io.StringIO, form: Any) -> None:
    """Not in the event, its keys and values, nested ones, objects, nor tracebacks."""
    set_up(form, "info", [CANARY], stream=stream)
    log = structlog.get_logger()
    log.info("event %s", CANARY, **{f"key_{CANARY}": 1}, value=CANARY)
    log.info(
        "nested",
        deep={"a": [{CANARY: (CANARY, {CANARY})}]},
        object=Strange(),
        raw=b"x" + CANARY.encode(),
    )
    log.info("shaped", token=TOKEN, url=f"postgresql://bot:hunter2@db/x?{TOKEN}")
    log.info("signing", token="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    try:
        int(CANARY)
    except ValueError:
        log.exception("failed", stack_info=True)
        logging.getLogger("library").exception("failed")
    text = stream.getvalue()
    assert "Traceback" in text
    for secret in (CANARY, TOKEN, "hunter2", "MfKQ9r8"):
        assert secret not in text
    assert "postgresql://" in text


def test_words_are_left_alone() -> None:
    """What only looks a little like a token stays, and very short secrets are no secrets."""
    redaction = Redaction(["abc", ""])
    text = "global-variables of http://host:8080/a@b abc"
    assert redaction.text(text) == text
    assert repr(redaction) == "Redaction()"


def test_longer_secret_is_hidden_whole() -> None:
    """One secret may begin with another."""
    assert Redaction(["12345", "123456789"]).text("x 123456789 x") == f"x {HIDDEN} x"


@given(st.text(min_size=4), st.text(), st.text())
def test_configured_secret_is_never_left(secret: str, before: str, after: str) -> None:
    """Whatever characters it has."""
    hidden = Redaction([secret]).text(before + secret + after)
    assert secret not in hidden.replace(HIDDEN, "") or secret in before + after


def test_nothing_is_said_twice_for_the_colours(stream: io.StringIO) -> None:
    """Uvicorn adds its messages once more, with signs for a terminal."""
    set_up("text", "info", stream=stream)
    coloured = {"color_message": "Started [\x1b[36m%d\x1b[0m]"}
    logging.getLogger("a server").info("Started [%d]", 7, extra=coloured)
    assert "Started [7]" in stream.getvalue()
    assert "color_message" not in stream.getvalue()
