"""Whether an installation has what its processes ask for: people, projects and a calendar.

It must not judge a process by itself; what is missing is missing in the configuration.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from zoneinfo import ZoneInfo, available_timezones

import holidays

from bot.domain.catalogue import check_images
from bot.domain.definition_checks import unknown
from bot.domain.outline import Cursor, Outline, Word
from bot.domain.override_checks import check_overrides
from bot.domain.problems import Problem
from bot.domain.wording import nearest


def check_installation(
    document: object, processes: Mapping[str, Outline], running: Sequence[str]
) -> Iterator[Problem]:
    """Mistakes in a configuration, of the processes that are there and those that are to run."""
    cursor = Cursor(document)
    wanted = {name: processes[name] for name in running if name in processes}
    words = cursor["processes"].words()
    yield from unknown("unknown-process", "process", words, sorted(processes), "anywhere")
    yield from check_overrides(cursor["overrides"], processes)
    yield from check_images(cursor["images"], wanted.values())
    yield from _people(cursor["roles"], wanted, processes)
    yield from _projects(cursor["projects"], wanted)
    yield from _requests(cursor, wanted)
    yield from _timezone(cursor["calendar"]["timezone"])
    yield from _country(cursor["calendar"])


def _people(
    roles: Cursor, wanted: Mapping[str, Outline], processes: Mapping[str, Outline]
) -> Iterator[Problem]:
    given = {name.text: entry for name, entry in roles.entries()}
    known = {role.text for outline in processes.values() for role in outline.roles}
    spare = sorted(set(given) - known)
    for process, outline in wanted.items():
        for role in (role.text for role in outline.roles):
            entry = given.get(role, roles)
            if role not in given or entry.value in ([], None):
                message = f'nobody holds the role "{role}" of the process "{process}"'
                yield Problem("role-without-people", entry.path, message)
    for name in spare if wanted else ():
        message = f'no process has a role "{name}"'
        guess = nearest(name, known)
        path = (*roles.path, name)
        yield Problem(
            "unknown-role", path, message, tuple(sorted(known)), guess, "warning", on_key=True
        )


def _projects(projects: Cursor, wanted: Mapping[str, Outline]) -> Iterator[Problem]:
    given = {name.text for name, _ in projects.entries()}
    missing = list[str]()
    for process, outline in wanted.items():
        for name in dict.fromkeys(word.text for word in outline.projects()):
            if name not in given:
                missing.append(name)
                message = f'the process "{process}" needs a project called "{name}" here'
                yield Problem("unknown-project", projects.path, message)
    known = {word.text for outline in wanted.values() for word in outline.projects()}
    released = {word.text for outline in wanted.values() for word in outline.released()}
    optional = [name for name in sorted(released) if name not in given]
    for name in sorted(given - known - released):
        # other projects may be there for other ends
        if guess := nearest(name, [*missing, *optional]):
            path = (*projects.path, name)
            message = f'no process has a project called "{name}"'
            yield Problem("unknown-project", path, message, (), guess, "warning", on_key=True)


def _requests(cursor: Cursor, wanted: Mapping[str, Outline]) -> Iterator[Problem]:
    """One label cannot ask for two processes."""
    asked: dict[str, str] = {}
    for process, outline in wanted.items():
        for word in outline.document["labels"]["request"].words():
            first = asked.setdefault(word.text, process)
            if first != process:
                message = f'the label "{word.text}" asks for "{first}" and for "{process}"'
                cure = "name the processes to run, or change one label"
                yield Problem("label-conflict", cursor["processes"].path, f"{message}; {cure}")


def _timezone(place: Cursor) -> Iterator[Problem]:
    for word in place.words():
        if not _exists(word):
            message = f'there is no time zone "{word.text}"; write for instance Europe/Berlin'
            guess = nearest(word.text, available_timezones())
            yield Problem("timezone", word.path, message, (), guess)


def _exists(zone: Word) -> bool:
    try:
        ZoneInfo(zone.text)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False
    return True


def _country(calendar: Cursor) -> Iterator[Problem]:
    countries = holidays.list_supported_countries(include_aliases=True)
    country = next(iter(calendar["country"].words()), None)
    if country and country.text not in countries:
        message = f'there is no calendar of holidays for "{country.text}"; write two letters'
        yield Problem("country", country.path, message, (), nearest(country.text, countries))
    for subdivision in calendar["subdivision"].words():
        if country is None:
            message = "a subdivision needs a country"
            yield Problem("country", subdivision.path, message)
        elif country.text in countries:
            known = tuple(chain(countries[country.text], _aliases(country.text)))
            where = f'of "{country.text}"'
            yield from unknown("country", "subdivision", (subdivision,), known, where)


def _aliases(country: str) -> Sequence[str]:
    return tuple(holidays.country_holidays(country).subdivisions_aliases)
