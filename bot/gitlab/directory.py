"""Names to ids: the configuration's projects and people as GitLab knows them.

Looked up once and kept for an hour; names in a configuration rarely move.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from bot.domain.calendars import BusinessDays
from bot.domain.configuration import Configuration
from bot.domain.errors import TransientError
from bot.domain.observed import Installation, Person
from bot.domain.record import Holder
from bot.gitlab.client import Client, NotVisible

_FRESH = timedelta(hours=1)


@dataclass(slots=True)
class Known:
    """What has been looked up so far; shared by all threads, and whole or not there."""

    bot: int | None = None
    installation: Installation | None = None
    until: datetime | None = None


class Directory:
    """The installation, resolved through GitLab."""

    def __init__(
        self, client: Client, configuration: Configuration, known: Known | None = None
    ) -> None:
        self._client = client
        self._configuration = configuration
        self._known = known or Known()

    def bot_users(self) -> tuple[int, ...]:
        """The ids of the users that the bot is and was; the present one first."""
        bot = self._known.bot
        if bot is None:
            bot = self._known.bot = self._myself()
        return (bot, *(user for user in self._configuration.bot_users if user != bot))

    def check(self) -> None:
        """Whether the bot can work. Raises `TransientError` or `PermanentError` if not."""
        self._myself()
        if problem := self.unseen():
            raise TransientError(problem)

    def unseen(self) -> str:
        """Which projects GitLab does not show, and the cure; empty where it shows them all."""
        hidden = self.installation().hidden
        if not hidden:
            return ""
        return (
            f"GitLab does not show the bot these `projects` of launchbot.yml: "
            f"{', '.join(hidden)}; correct them, or make it a member with the Reporter role"
        )

    def installation(self) -> Installation:
        """Projects and people with their ids; what GitLab does not show is named in it."""
        installation = self._known.installation
        if installation is None:
            installation = self._known.installation = self._resolve({})
        return installation

    def refresh(self, now: datetime) -> Installation:
        """Look everything up again, hourly, or at once while something is missing.

        A project that was known and is not shown any more keeps its id.
        """
        known = self._known
        old = known.installation
        if old is None or known.until is None or now >= known.until or old.lacks():
            old = known.installation = self._resolve(old.projects if old else {})
            known.until = now + _FRESH
        return old

    def _myself(self) -> int:
        try:
            return int(self._client.get("/user")["id"])
        except NotVisible as problem:
            raise _no_gitlab(self._client.url, problem) from problem

    def _resolve(self, before: Mapping[str, int]) -> Installation:
        configuration = self._configuration
        held = [
            *configuration.roles.values(),
            *((s.user,) for s in configuration.stand_ins.values()),
        ]
        names = dict.fromkeys(name for people in held for name in people)
        people = {name: person for name in names if (person := self.person(name))}
        places = {name: self._project(at) for name, at in configuration.projects.items()}
        found = {name: place for name, place in places.items() if place is not None}
        return Installation(
            projects={**before, **found},
            people={role: _known(people, held) for role, held in configuration.roles.items()},
            days=BusinessDays(configuration.calendar),
            unknown=tuple(name for name in names if name not in people),
            hidden=tuple(name for name in places if name not in found),
            images=configuration.images,
            stand_ins={
                role: Holder(id=person.id, username=person.username, until=given.until)
                for role, given in configuration.stand_ins.items()
                if (person := people.get(given.user))
            },
            command=configuration.command,
        )

    def _project(self, at: int | str) -> int | None:
        raw = self._client.get_or_none(f"/projects/{quote(str(at), safe='')}")
        return int(raw["id"]) if raw else None

    def person(self, username: str) -> Person | None:
        """The user of this name, if GitLab shows one."""
        try:
            found = self._client.list("/users", username=username)
        except NotVisible as problem:
            raise _no_gitlab(self._client.url, problem) from problem
        return next((Person(user["id"], user["username"]) for user in found), None)


def _no_gitlab(url: str, problem: NotVisible) -> TransientError:
    return TransientError(
        f"GitLab does not let the bot in at {url} ({problem}); correct LAUNCHBOT_GITLAB_URL, or "
        "the token in LAUNCHBOT_GITLAB_TOKEN"
    )


def _known(people: dict[str, Person], held: Iterable[str]) -> tuple[Person, ...]:
    return tuple(people[name] for name in held if name in people)
