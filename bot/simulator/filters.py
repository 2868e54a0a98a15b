"""The documented filters and orders of issue and merge request lists.

https://docs.gitlab.com/api/issues/#list-all-issues
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from bot.simulator.errors import invalid
from bot.simulator.model import Issuable, Milestone, User
from bot.simulator.params import Params
from bot.simulator.simulator import Simulator
from bot.simulator.text import without_comments

Item = TypeVar("Item", bound=Issuable)
Test = Callable[[Any], bool]

_STATES = ("opened", "closed", "locked", "merged", "all")
_ORDERS = (
    "created_at",
    "due_date",
    "label_priority",
    "milestone_due",
    "popularity",
    "priority",
    "relative_position",
    "title",
    "updated_at",
    "weight",
    "id",
    "merged_at",
)
_SCOPES = (
    *("created_by_me", "assigned_to_me", "created-by-me", "assigned-to-me", "all"),
    "reviews_for_me",
)
_FAR = date.max


def select(
    sim: Simulator, user: User | None, params: Params, items: Iterable[Item], scope: str = "all"
) -> list[Item]:
    """The items that pass every filter sent, in the order asked for."""
    if params.has("not") and not isinstance(params.values["not"] or {}, dict):
        raise invalid("not is invalid")
    tests = [
        *_scope_tests(params, user, scope),
        *_plain_tests(params),
        *_time_tests(params),
        *_person_tests(params),
        *_label_tests(params),
        *_milestone_tests(sim, params),
        *_search_tests(params),
        *_reaction_tests(params, user),
        *_not_tests(sim, params.sub("not"), user),
    ]
    found = list(items)
    for test in tests:
        found = [item for item in found if test(item)]
    key, falling = order(params)
    return sorted(found, key=key, reverse=falling)


def order(params: Params) -> tuple[Callable[[Any], list[Any]], bool]:
    """The sort key (JSON values, the id last, so no two are equal) and whether it falls."""
    by = params.choice("order_by", _ORDERS, "created_at") or "created_at"
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"
    if by in {"created_at", "updated_at"}:
        moment = attrgetter(by)
        return (lambda item: [moment(item).timestamp(), item.id]), falling
    return (lambda item: [*_sort_value(item, by, falling), item.id]), falling


def _sort_value(item: Issuable, by: str, falling: bool) -> list[Any]:
    """Things without a value come last whatever the direction."""
    value: Any
    match by:
        case "title":
            value = item.title.lower()
        case "popularity":
            value = sum(award.name == "thumbsup" for award in item.awards)
        case "milestone_due":
            value = item.milestone.due_date if item.milestone else None
        case "label_priority" | "priority":
            value = min((x.priority for x in item.labels if x.priority is not None), default=None)
        case _:
            value = getattr(item, by, None)
    if isinstance(value, datetime):
        value = value.timestamp()
    elif isinstance(value, date):
        value = value.isoformat()
    missing = value is None
    return [missing != falling, "" if missing else value]


def _scope_tests(params: Params, user: User | None, default: str) -> list[Test]:
    scope = params.choice("scope", _SCOPES, default)
    if scope in {"created_by_me", "created-by-me"}:
        return [lambda item: item.author is user]
    if scope in {"assigned_to_me", "assigned-to-me"}:
        return [lambda item: user in item.assignees]
    return []


def _plain_tests(params: Params) -> list[Test]:
    tests: list[Test] = []
    state = params.choice("state", _STATES, "all")
    if state != "all":
        tests.append(lambda item: item.state == state)
    iids = set(params.integers("iids"))
    if iids:
        tests.append(lambda item: item.iid in iids)
    return tests


def _time_tests(params: Params) -> list[Test]:
    tests: list[Test] = []
    for attribute in ("created", "updated"):
        name = f"{attribute}_at"
        after, before = params.moment(f"{attribute}_after"), params.moment(f"{attribute}_before")
        if after:
            tests.append(_at_least(name, after))
        if before:
            tests.append(_at_most(name, before))
    return tests


def _person_tests(params: Params) -> list[Test]:
    params.exclude("author_id", "author_username")
    params.exclude("assignee_id", "assignee_username")
    tests: list[Test] = []
    author = params.integer("author_id")
    if author is not None:
        tests.append(lambda item: item.author.id == author)
    name = params.text("author_username")
    if name:
        tests.append(lambda item: item.author.username.lower() == name.lower())
    tests += [_has_assignee(name) for name in params.words("assignee_username")]
    return tests + _assignee_id_tests(params)


def _assignee_id_tests(params: Params) -> list[Test]:
    wanted = (params.text("assignee_id") or "").lower()
    if not wanted:
        return []
    if wanted in {"none", "0"}:
        return [lambda item: not item.assignees]
    if wanted == "any":
        return [lambda item: bool(item.assignees)]
    number = params.integer("assignee_id")
    return [lambda item: any(user.id == number for user in item.assignees)]


def _has_assignee(name: str) -> Test:
    return lambda item: any(user.username.lower() == name.lower() for user in item.assignees)


def _label_tests(params: Params) -> list[Test]:
    names = params.words("labels")
    lowered = {name.lower() for name in names}
    if not names:
        return []
    if lowered & {"none", "no label", "no+label"}:
        return [lambda item: not item.labels]
    if "any" in lowered:
        return [lambda item: bool(item.labels)]
    wanted = set(names)
    name = attrgetter("name")
    return [lambda item: wanted.issubset(map(name, item.labels))]


def _milestone_tests(sim: Simulator, params: Params) -> list[Test]:
    params.exclude("milestone_id", "milestone")
    words = ("", "Any", "None", "Upcoming", "Started")
    wanted = params.text("milestone") or params.choice("milestone_id", words)
    if not wanted:
        return []
    return [_milestone_test(sim.clock.now().date(), wanted)]


def _milestone_test(today: date, wanted: str) -> Test:
    match wanted.lower():
        case "none" | "no milestone":
            return lambda item: item.milestone is None
        case "any" | "any milestone":
            return lambda item: item.milestone is not None
        case "upcoming" | "#upcoming":
            return lambda item: bool(item.milestone) and _is_next(item.milestone, today)
        case "started" | "#started":
            return lambda item: bool(item.milestone) and _has_started(item.milestone, today)
    return lambda item: bool(item.milestone) and item.milestone.title == wanted


def _is_next(stone: Milestone, today: date) -> bool:
    """Whether it is the first of its project or group to end, of those open and yet to end."""
    later = [s for s in stone.holder.milestones.values() if s.state == "active"]
    later = [s for s in later if s.due_date and s.due_date > today]
    return stone is min(later, key=lambda s: s.due_date or _FAR, default=None)


def _has_started(stone: Milestone, today: date) -> bool:
    return stone.state == "active" and (stone.start_date or _FAR) <= today


def _not_milestone_tests(sim: Simulator, params: Params) -> list[Test]:
    """Neither in this milestone; of those words on time only open ones with such a day are left."""
    today, tests = sim.clock.now().date(), _milestone_tests(sim, params)
    match params.text("milestone_id"):
        case "Upcoming":
            return [lambda item: _open_with(item.milestone, "due_date", date.min, today)]
        case "Started":
            tomorrow = today + timedelta(days=1)
            return [lambda item: _open_with(item.milestone, "start_date", tomorrow, _FAR)]
    return [opposite(test) for test in tests]


def _open_with(stone: Milestone | None, name: str, first: date, last: date) -> bool:
    """Whether there is an open milestone whose day is one of these."""
    if stone is None or stone.state != "active":
        return False
    day: date | None = getattr(stone, name)
    return day is not None and first <= day <= last


def _search_tests(params: Params) -> list[Test]:
    """Every word must occur; text inside HTML comments is not searched."""
    words = (params.text("search") or "").lower().split()
    places = params.words("in") or ["title", "description"]
    if not words:
        return []
    return [lambda item: contains(item, words, places)]


def contains(item: Issuable, words: list[str], places: list[str]) -> bool:
    """Whether title or description, as asked, hold every word."""
    text = item.title if "title" in places else ""
    if "description" in places:
        text += "\n" + without_comments(item.description or "")
    text = text.lower()
    return all(word in text for word in words)


def _reaction_tests(params: Params, user: User | None) -> list[Test]:
    name = params.text("my_reaction_emoji")
    if not name:
        return []
    return [lambda item: _reacted(item, user, name.lower())]


def _reacted(item: Issuable, user: User | None, name: str) -> bool:
    mine = {award.name for award in item.awards if award.user is user}
    if name == "none":
        return not mine
    return bool(mine) if name == "any" else name in mine


def _not_tests(sim: Simulator, params: Params, user: User | None) -> list[Test]:
    """`not[...]`: none of the named labels, persons, numbers or milestones."""
    tests: list[Test] = []
    names = set(params.words("labels"))
    if names:
        tests.append(lambda item: names.isdisjoint(label.name for label in item.labels))
    others = [
        *_person_tests(params),
        *_plain_tests(params),
        *_reaction_tests(params, user),
        *_search_tests(params),
    ]
    tests += _not_milestone_tests(sim, params)
    return tests + [opposite(test) for test in others]


def _at_least(name: str, moment: datetime) -> Test:
    return lambda item: bool(getattr(item, name) >= moment)


def _at_most(name: str, moment: datetime) -> Test:
    return lambda item: bool(getattr(item, name) <= moment)


def opposite(test: Test) -> Test:
    """What does not pass."""
    return lambda item: not test(item)
