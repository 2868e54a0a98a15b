"""The log: one line per event on standard error, as text or JSON, without secrets.

What the libraries log goes the same way. Whatever is logged is searched for secrets last of all,
tracebacks included. It must not decide what is worth logging.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_SHORTEST = 4
_TOKEN = re.compile(
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    r"\bgl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[A-Za-z0-9_.=-]{8,}"
    r"|\bwhsec_[A-Za-z0-9+/=_-]{8,}"
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # a password in an address
)


class Redaction:
    """Takes secrets out of texts and of everything that is logged.

    `secrets` are the texts to look for besides what has the shape of a token; shorter ones than
    four characters are left, because they stand in half of all words.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        long = sorted({s for s in secrets if len(s) >= _SHORTEST}, key=len, reverse=True)
        known = "|".join(map(re.escape, long))
        self._pattern = re.compile(f"{known}|{_TOKEN.pattern}") if known else _TOKEN

    def __repr__(self) -> str:
        return "Redaction()"

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(HIDDEN, text)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The event without secrets: a structlog processor."""
        return {self.text(str(key)): self._value(value) for key, value in event.items()}

    def _value(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.text(value)
            case Mapping():
                return {self.text(str(key)): self._value(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._value(item) for item in value]
        return self.text(repr(value))


def set_up(
    form: Literal["text", "json"],
    level: str,
    secrets: Iterable[str] = (),
    *,
    colours: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Send every log to a stream (standard error), with these secrets taken out.

    Call it at the start. `level` is debug, info, warning or error; `colours` are for text alone.
    """
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(_formatter(form, Redaction(secrets), colours=colours))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # These would say each request, statement and block of text, some with its values.
    for noisy in ("urllib3", "uvicorn.access", "sqlalchemy.engine", "markdown_it"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _without_colours(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """What uvicorn says a second time, with colours."""
    event.pop("color_message", None)
    return event


def _formatter(
    form: Literal["text", "json"], redact: Redaction, *, colours: bool
) -> structlog.stdlib.ProcessorFormatter:
    render: Callable[..., Any] = structlog.processors.JSONRenderer()
    if form == "text":
        render = structlog.dev.ConsoleRenderer(colors=colours)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_colours,
            structlog.processors.StackInfoRenderer(),
            # Text first: what is still an object cannot be searched for secrets.
            structlog.processors.format_exc_info,
            redact,
            render,
        ],
    )
