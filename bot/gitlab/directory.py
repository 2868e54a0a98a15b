"""Names to ids: the configuration's projects and people as GitLab knows them.

Looked up once and kept until `refresh`; names in a configuration rarely move.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from bot.domain.calendars import BusinessDays
from bot.domain.configuration import Configuration
from bot.domain.errors import PermanentError, TransientError
from bot.domain.observed import Installation, Person
from bot.gitlab.client import Client, NotVisible


@dataclass(slots=True)
class Known:
    """What has been looked up so far; shared by all threads, and whole or not there."""

    bot: int | None = None
    installation: Installation | None = None


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
        """Whether GitLab answers the bot. Raises `TransientError` or `PermanentError` if not."""
        self._myself()

    def installation(self) -> Installation:
        """Projects and people with their ids. Raises `PermanentError` for a project not visible."""
        installation = self._known.installation
        if installation is None:
            installation = self._known.installation = self._resolve()
        return installation

    def refresh(self) -> Installation:
        """Look everything up again; what was known stays if GitLab shows less than before."""
        try:
            self._known.installation = self._resolve()
        except PermanentError:
            if self._known.installation is None:
                raise
        return self.installation()

    def _myself(self) -> int:
        try:
            return int(self._client.get("/user")["id"])
        except NotVisible as problem:
            raise TransientError(f"GitLab does not let the bot in: {problem}") from problem

    def _resolve(self) -> Installation:
        configuration = self._configuration
        names = dict.fromkeys(name for held in configuration.roles.values() for name in held)
        people = {name: person for name in names if (person := self._person(name))}
        return Installation(
            projects={name: self._project(name, at) for name, at in configuration.projects.items()},
            people={role: _known(people, held) for role, held in configuration.roles.items()},
            days=BusinessDays(configuration.calendar),
            unknown=tuple(name for name in names if name not in people),
        )

    def _project(self, name: str, at: int | str) -> int:
        try:
            return int(self._client.get(f"/projects/{quote(str(at), safe='')}")["id"])
        except NotVisible as problem:
            raise PermanentError(
                f"GitLab shows the bot no project {at!r} (`projects: {name}` in the "
                "configuration); correct it, or make the bot a member with the Reporter role"
            ) from problem

    def _person(self, username: str) -> Person | None:
        found = self._client.list("/users", username=username)
        return next((Person(user["id"], user["username"]) for user in found), None)


def _known(people: dict[str, Person], held: Iterable[str]) -> tuple[Person, ...]:
    return tuple(people[name] for name in held if name in people)
