"""The documented filters that only lists of issues have.

https://docs.gitlab.com/api/issues/#list-all-issues
"""

from collections.abc import Iterable
from datetime import date, timedelta

from bot.simulator import filters
from bot.simulator.errors import invalid
from bot.simulator.filters import Test, opposite
from bot.simulator.model import Issue, User
from bot.simulator.params import Params
from bot.simulator.simulator import Simulator

TYPES = ("issue", "incident", "test_case", "task")
_STATES = ("opened", "closed", "all")
_ORDERS = (
    *("created_at", "due_date", "label_priority", "milestone_due", "popularity", "priority"),
    *("relative_position", "title", "updated_at", "weight", "id"),
)
_WEEK = timedelta(days=7)
_FAR = date.max


def select(
    sim: Simulator, user: User | None, params: Params, items: Iterable[Issue], scope: str = "all"
) -> list[Issue]:
    """The issues that pass every filter sent, in the order asked for."""
    params.choice("state", _STATES)
    params.choice("order_by", _ORDERS)
    for sent in (params, params.sub("not")):
        _check_assignees(sim, sent)
    tests = [
        *_kind_tests(params),
        *_due_tests(sim, params),
        *_premium_tests(sim, params),
        *[opposite(test) for test in _premium_tests(sim, params.sub("not"))],
        *[opposite(test) for test in _kind_tests(params.sub("not"))],
    ]
    found = [item for item in items if all(test(item) for test in tests)]
    return filters.select(sim, user, params, found, scope)


def _check_assignees(sim: Simulator, params: Params) -> None:
    """Free knows one assignee only."""
    names = params.words("assignee_username")
    if len(names) > 1 and not sim.premium:
        said = f"allows one value, but found {len(names)}: {', '.join(names)}"
        raise invalid(f"assignee_username {said}")


def _kind_tests(params: Params) -> list[Test]:
    tests: list[Test] = []
    confidential = params.flag("confidential")
    if confidential is not None:
        tests.append(lambda item: item.confidential == confidential)
    kind = params.choice("issue_type", TYPES)
    if kind:
        tests.append(lambda item: item.issue_type == kind)
    closer = params.integer("closed_by_id")
    if closer is not None:
        tests.append(lambda item: item.closed_by is not None and item.closed_by.id == closer)
    return tests


def _premium_tests(sim: Simulator, params: Params) -> list[Test]:
    """Weights, epics, and iterations, which nothing has here."""
    if not sim.premium:
        return []
    params.exclude("iteration_id", "iteration_title")
    tests: list[Test] = []
    weight = (params.text("weight") or "").lower()
    if weight in {"none", "any"}:
        tests.append(lambda item: (item.weight is None) == (weight == "none"))
    elif weight:
        number = params.integer("weight")
        tests.append(lambda item: item.weight == number)
    epic = (params.text("epic_id") or "").lower()
    if epic in {"none", "any"}:
        tests.append(lambda item: (item.epic is None) == (epic == "none"))
    elif epic:
        parent = params.integer("epic_id")
        tests.append(lambda item: item.epic is not None and item.epic.id == parent)
    for name in ("iteration_id", "iteration_title"):
        wanted = (params.text(name) or "none").lower()
        if wanted != "none":
            tests.append(lambda _item: False)
    return tests


def _due_tests(sim: Simulator, params: Params) -> list[Test]:
    allowed = (
        "0",
        "any",
        "today",
        "tomorrow",
        "overdue",
        "week",
        "month",
        "next_month_and_previous_two_weeks",
        "",
    )
    wanted = params.choice("due_date", allowed)
    if not wanted:
        return []
    if wanted == "0":
        return [lambda item: item.due_date is None]
    first, last = _due_range(sim.clock.now().date(), wanted)
    tests: list[Test] = [lambda item: bool(item.due_date) and first <= item.due_date <= last]
    if wanted == "overdue":
        tests.append(lambda item: item.state == "opened")
    return tests


def _due_range(today: date, wanted: str) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    next_month = (month + timedelta(days=31)).replace(day=1)
    after_next = (next_month + timedelta(days=31)).replace(day=1)
    day = timedelta(days=1)
    return {
        "any": (date.min, _FAR),
        "today": (today, today),
        "tomorrow": (today + day, today + day),
        "overdue": (date.min, today - day),
        "week": (monday, monday + _WEEK - day),
        "month": (month, next_month - day),
        "next_month_and_previous_two_weeks": (today - 2 * _WEEK, after_next - day),
    }[wanted]
