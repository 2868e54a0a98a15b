"""Names to ids: the configuration's projects and people as GitLab knows them.

Looked up once and kept until `forget`; names in a configuration rarely move.
"""

from collections.abc import Iterable
from urllib.parse import quote

from bot.domain.calendars import BusinessDays
from bot.domain.configuration import Configuration
from bot.domain.errors import PermanentError
from bot.domain.observed import Installation, Person
from bot.gitlab.client import Client, NotVisible


class Directory:
    """The installation, resolved through GitLab."""

    def __init__(self, client: Client, configuration: Configuration) -> None:
        self._client = client
        self._configuration = configuration
        self._installation: Installation | None = None
        self._bot: int | None = None

    def bot_users(self) -> tuple[int, ...]:
        """The ids of the users that the bot is and was; the present one first."""
        if self._bot is None:
            self._bot = int(self._client.get("/user")["id"])
        return (self._bot, *(i for i in self._configuration.bot_users if i != self._bot))

    def installation(self) -> Installation:
        """Projects and people with their ids. Raises `PermanentError` for a project not visible."""
        if self._installation is None:
            self._installation = self._resolve()
        return self._installation

    def forget(self) -> None:
        """Look everything up again when it is next needed."""
        self._installation = None

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
