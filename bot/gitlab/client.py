"""GitLab's REST API, as far as the bot needs it: calls in, plain dictionaries out.

Wraps python-gitlab and turns its errors into ours. Reads are retried here, writes never:
GitLab has no idempotency key, so a write whose answer was lost may have been done.
It must not know what the calls are for.
"""

import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import takewhile
from typing import Any, TypeVar
from urllib.parse import urljoin

import gitlab
import requests
import stamina
from gitlab.exceptions import GitlabAuthenticationError, GitlabHttpError, GitlabParsingError

from bot.domain.errors import PermanentError, TransientError

JSON = dict[str, Any]
T = TypeVar("T")

_TIMEOUT = 20.0
_ATTEMPTS = 3
_PER_PAGE = 100
_LONGEST_REASON = 200
_CONFLICT = 409
_RATE_LIMITED = 429
_SERVER_ERROR = 500
_RATE_LIMIT_PAUSE = 60.0
LOST_WRITE_PAUSE = 60.0
"""A write that GitLab did not answer may still commit; so long the launch is left alone."""


class NotVisible(Exception):  # noqa: N818 - a fact about a thing, not a failure of the call
    """GitLab shows the bot no such thing: it is gone, or the bot has no access to it."""


class NotAllowed(Exception):  # noqa: N818 - an answer, not a failure of the call
    """GitLab understood a write and will not do it; `why` is its own reason.

    `is_conflict` tells that what was to be made is there already.
    """

    def __init__(self, why: str, *, is_conflict: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_conflict = is_conflict


class NotAuthenticated(TransientError):  # noqa: N818 - an answer, and it may be another later
    """GitLab does not accept the token."""


class _Flaky(Exception):  # noqa: N818 - only seen by the retry below
    """A read that may work when it is tried again at once."""


class Client:
    """Calls GitLab's REST API v4 as the bot.

    Errors: `NotVisible` and `NotAllowed` are answers; `TransientError` means come back later,
    `PermanentError` that the token or the address is wrong.
    `is_job_token`: the token is that of a pipeline job, which may read little.
    `on_call` hears of each call: its method, and its status or 0 where no answer came.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        ca_file: str | None = None,
        session: requests.Session | None = None,
        on_call: Callable[[str, int], None] = lambda _method, _status: None,
        is_job_token: bool = False,
    ) -> None:
        self.url = url
        self._token = token
        self._session = session or requests.Session()
        self._session.hooks["response"].append(self._note_answer)
        self._retry_after: float | None = None
        self._date = ""
        self._on_call = on_call
        self._gitlab = gitlab.Gitlab(
            url,
            private_token=None if is_job_token else token,
            job_token=token if is_job_token else None,
            ssl_verify=ca_file or True,
            timeout=_TIMEOUT,
            session=self._session,
            keep_base_url=True,
            retry_transient_errors=False,
            user_agent="launchbot",
        )

    def time(self) -> datetime | None:
        """The time by GitLab's own clock at its last answer, if that told it."""
        try:
            return parsedate_to_datetime(self._date).astimezone(UTC)
        except ValueError:
            return None

    def get(self, path: str, **query: Any) -> JSON:
        """One thing. Raises `NotVisible` where GitLab answers 403 or 404."""
        return self._read(lambda: _thing(self._gitlab.http_get(path, query, obey_rate_limit=False)))

    def get_or_none(self, path: str) -> JSON | None:
        """One thing; None where GitLab answers 403 or 404."""
        try:
            return self.get(path)
        except NotVisible:
            return None

    def list(self, path: str, **query: Any) -> list[JSON]:
        """All pages of a list. Raises `NotVisible` where GitLab answers 403 or 404."""
        query = {"per_page": _PER_PAGE, **query}
        return self._read(
            lambda: _things(
                self._gitlab.http_list(path, query, iterator=True, obey_rate_limit=False)
            )
        )

    def first(self, path: str, keep: Callable[[JSON], bool], **query: Any) -> Sequence[JSON]:
        """The first entries of a list, as long as they are to be kept: no page more than needed."""
        query = {"per_page": _PER_PAGE, **query}
        return self._read(
            lambda: _things(
                takewhile(
                    keep, self._gitlab.http_list(path, query, iterator=True, obey_rate_limit=False)
                )
            )
        )

    def post(self, path: str, body: Mapping[str, Any]) -> JSON:
        """Create something, once: never sent again by itself."""
        return self._write(
            lambda: self._gitlab.http_post(path, post_data=dict(body), obey_rate_limit=False)
        )

    def put(self, path: str, body: Mapping[str, Any]) -> JSON:
        """Change something, once: never sent again by itself."""
        return self._write(
            lambda: self._gitlab.http_put(path, post_data=dict(body), obey_rate_limit=False)
        )

    def _read(self, call: Callable[[], T]) -> T:
        again = stamina.RetryingCaller(
            attempts=_ATTEMPTS, timeout=5.0, wait_initial=0.05, wait_max=0.5
        )
        try:
            return again(_Flaky, self._try_read, call)
        except _Flaky as problem:
            raise TransientError(f"GitLab cannot be read at {self.url}: {problem}") from problem

    def _try_read(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except OSError as problem:  # what requests raises are such, and so is a lost CA file
            self._on_call("GET", 0)
            raise _Flaky(_no_answer(problem)) from problem
        except GitlabHttpError as problem:
            if problem.response_code in {403, 404}:
                raise NotVisible(self._reason(problem)) from problem
            if (problem.response_code or 0) >= _SERVER_ERROR:
                raise _Flaky(f"it answers {problem.response_code}") from problem
            raise self._failure(problem) from problem
        except GitlabAuthenticationError as problem:
            raise _not_authenticated(problem) from problem
        except GitlabParsingError as problem:
            raise _Flaky("it answers something else than its API promises") from problem

    def _write(self, call: Callable[[], Any]) -> JSON:
        try:
            return _thing(call())
        except OSError as problem:  # what requests raises are such, and so is a lost CA file
            self._on_call("POST or PUT", 0)
            raise _lost(_no_answer(problem)) from problem
        except GitlabHttpError as problem:
            raise self._refusal(problem) from problem
        except GitlabAuthenticationError as problem:
            raise _not_authenticated(problem) from problem
        except GitlabParsingError as problem:
            raise _lost("it was something else than GitLab's API promises") from problem

    def _refusal(self, problem: GitlabHttpError) -> Exception:
        code = problem.response_code or 0
        if code >= _SERVER_ERROR:
            return _lost(f"it answered {code}")
        if code == _RATE_LIMITED:
            return self._failure(problem)
        return NotAllowed(
            f"GitLab answered {self._reason(problem)}.", is_conflict=code == _CONFLICT
        )

    def _failure(self, problem: GitlabHttpError) -> Exception:
        if problem.response_code == _RATE_LIMITED:
            pause = self._retry_after or _RATE_LIMIT_PAUSE
            return TransientError("GitLab asks the bot to slow down (429)", pause)
        return PermanentError(f"GitLab answered {problem.response_code} {self._reason(problem)}")

    def _note_answer(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self._on_call(response.request.method or "", response.status_code)
        self._date = response.headers.get("Date", "")
        value = response.headers.get("Retry-After", "")
        self._retry_after = float(value) if value.isdecimal() else None
        if response.is_redirect:
            self._check_redirect(response)

    def _check_redirect(self, response: requests.Response) -> None:
        """A write is never sent on: it would arrive as something else. Nor is the token."""
        if response.request.method != "GET":
            raise NotAllowed(
                "it stands at another address now; correct the paths of projects in the "
                "configuration, or LAUNCHBOT_GITLAB_URL."
            )
        target = urljoin(response.url, response.headers["Location"])
        if self._session.should_strip_auth(response.url, target):  # type: ignore[no-untyped-call]
            raise PermanentError(
                f"GitLab sends the bot on to {self._quoted(target.partition('?')[0])}, and its "
                "token does not go there; correct LAUNCHBOT_GITLAB_URL"
            )

    def _reason(self, problem: GitlabHttpError) -> str:
        """GitLab's own words in a line; a page of HTML from something in between has none."""
        said = problem.error_message
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        line = " ".join(text.split())
        is_said = line and not line.startswith("<")
        return self._quoted(line) if is_said else str(problem.response_code)

    def _quoted(self, text: str) -> str:
        """Words of somebody else, cut; they may repeat what they were asked with."""
        return text.replace(self._token, "[hidden]")[:_LONGEST_REASON]


def _thing(answer: Any) -> JSON:
    """What GitLab answers about one thing; a login page of a proxy is no such thing."""
    if not isinstance(answer, dict):
        raise GitlabParsingError("not a JSON object")
    return answer


def _things(answer: Any) -> list[JSON]:
    """What GitLab answers about several things, page after page."""
    try:
        return [_thing(item) for item in answer]
    except (LookupError, TypeError) as problem:
        raise GitlabParsingError("not a JSON list") from problem


def _no_answer(problem: OSError) -> str:
    """Why there was none; what the library says may hold what was asked, its kind does not."""
    match problem:
        case requests.exceptions.SSLError():
            why = _no_tls(problem)
        case requests.exceptions.ProxyError():
            why = "the proxy does not lead there"
        case requests.RequestException():
            why = "no answer came"
        case _:
            why = "a file that this takes cannot be read"
    return f"{why} ({type(problem).__name__})"


def _no_tls(problem: BaseException | None) -> str:
    """What keeps the connection from being made, by what lies below the library's error."""
    while problem is not None and not isinstance(problem, ssl.SSLError):
        problem = problem.__cause__ or problem.__context__
    match getattr(problem, "reason", None):
        case "CERTIFICATE_VERIFY_FAILED":
            return "its certificate is not trusted"
        case "WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "RECORD_LAYER_FAILURE":
            return "nobody speaks TLS there; correct the port, or write http:// in the address"
        case "NO_CERTIFICATE_OR_CRL_FOUND":
            return "no certificate (PEM) is in the file of the authority"
    return "no TLS connection can be made"


def _lost(why: str) -> TransientError:
    return TransientError(f"the answer to a write was lost: {why}", LOST_WRITE_PAUSE)


def _not_authenticated(problem: GitlabAuthenticationError) -> NotAuthenticated:
    return NotAuthenticated(
        f"GitLab does not accept the bot's token ({problem.response_code}); "
        "renew it and set LAUNCHBOT_GITLAB_TOKEN",
        _RATE_LIMIT_PAUSE,
    )
