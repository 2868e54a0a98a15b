"""Issue boards and their lists: https://docs.gitlab.com/api/boards/. There are no iterations."""

from typing import Any

from bot.simulator import present, present_issues, present_places
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, message, not_found
from bot.simulator.model import Holder, Label, Milestone, Project, User
from bot.simulator.model_boards import Board, BoardList
from bot.simulator.paging import paged
from bot.simulator.permissions import PLANNING, is_premium_or_refuse, level, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import find_label, visible_labels, visible_milestones

_SUBJECTS = ("label_id", "milestone_id", "iteration_id", "assignee_id")


def list_boards(call: Call) -> Answer:
    """The boards; like GitLab's pages, asking for them makes none."""
    boards = list(_holder(call).boards.values())
    return paged(call, boards, lambda board: _shown(call, board))


def get_board(call: Call) -> Any:
    """One board with its lists."""
    return _shown(call, _board(call))


def create_board(call: Call) -> Any:
    """A board; a group's second one is Premium."""
    holder = _holder(call)
    require(call.sim, call.user, holder, PLANNING)
    if not isinstance(holder, Project) and holder.boards:
        is_premium_or_refuse(call.sim, "Multiple group boards")
    name = call.params.required_text("name")
    board = Board(id=call.sim.state.next_id("board"), name=name, holder=holder)
    holder.boards[board.id] = board
    return _shown(call, board)


def update_board(call: Call) -> Any:
    """Rename a board, hide its outer lists or, on Premium, narrow what it is about."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    params = call.params
    board.name = params.text("name") or board.name
    board.hide_backlog_list = bool(params.flag("hide_backlog_list", board.hide_backlog_list))
    board.hide_closed_list = bool(params.flag("hide_closed_list", board.hide_closed_list))
    if call.sim.premium:
        _narrow(call, board)
    return _shown(call, board)


def _narrow(call: Call, board: Board) -> None:
    params, state = call.params, call.sim.state
    if params.has("assignee_id"):
        board.assignee = state.users.get(params.integer("assignee_id") or 0)
    if params.has("milestone_id"):
        number, usable = params.integer("milestone_id"), visible_milestones(board.holder)
        board.milestone = next((stone for stone in usable if stone.id == number), None)
    if params.has("labels"):
        found = [find_label(board.holder, name) for name in params.words("labels")]
        board.labels = [label for label in found if label]
    if params.has("weight"):
        board.weight = params.integer("weight")


def delete_board(call: Call) -> None:
    """Remove a board; labels and issues stay."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    del board.holder.boards[board.id]


def list_lists(call: Call) -> Answer:
    """The label lists in order, without Open and Closed."""
    return paged(call, _ordered(_board(call)), lambda entry: _shown_list(call, entry))


def get_list(call: Call) -> Any:
    """One list."""
    return _shown_list(call, _list(call, _board(call)))


def create_list(call: Call) -> Any:
    """A list for a label or, on Premium, for a milestone or an assignee; each once per board."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    sent = call.params.exactly_one(*_SUBJECTS)
    subject = _subject(call, board, sent)
    if any(entry.subject is subject for entry in board.lists.values()):
        kind = sent.removesuffix("_id").capitalize()
        raise bad_request(f"{kind} has already been taken")
    entry = BoardList(
        id=call.sim.state.next_id("board_list"), subject=subject, position=len(board.lists)
    )
    board.lists[entry.id] = entry
    return _shown_list(call, entry)


def _subject(call: Call, board: Board, name: str) -> Label | Milestone | User:
    """What the list is for; 400 where there is no such thing, or not on this tier."""
    number, kind = call.params.required_integer(name), name.removesuffix("_id").capitalize()
    if name != "label_id" and not call.sim.premium:
        raise message(400, f"{kind} lists not available with your current license")
    usable: list[Any] = []
    if name == "label_id":
        usable = visible_labels(board.holder)
    elif name == "milestone_id":
        usable = visible_milestones(board.holder)
    elif name == "assignee_id":
        users = call.sim.state.users.values()
        usable = [user for user in users if level(call.sim, user, board.holder)]
    found: Label | Milestone | User | None = next((x for x in usable if x.id == number), None)
    if found is None:
        raise bad_request(f"{kind} not found!")
    return found


def move_list(call: Call) -> Any:
    """Put a list at another place; the others make room."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    entry = _list(call, board)
    order = [other for other in _ordered(board) if other is not entry]
    place = call.params.required_integer("position")
    order.insert(min(max(0, place), len(order)), entry)
    _number(order)
    return _shown_list(call, entry)


def delete_list(call: Call) -> None:
    """Remove a list; the others close up."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    del board.lists[_list(call, board).id]
    _number(_ordered(board))


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _board(call: Call) -> Board:
    text = call.vars["board_id"]
    found = _holder(call).boards.get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found()
    return found


def _list(call: Call, board: Board) -> BoardList:
    text = call.vars["list_id"]
    found = board.lists.get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found()
    return found


def _ordered(board: Board) -> list[BoardList]:
    return sorted(board.lists.values(), key=lambda entry: entry.position)


def _number(entries: list[BoardList]) -> None:
    for position, entry in enumerate(entries):
        entry.position = position


def _shown(call: Call, board: Board) -> dict[str, Any]:
    holder = board.holder
    in_project = isinstance(holder, Project)
    group = {"id": holder.id, "name": holder.name, "web_url": present.holder_url(call.sim, holder)}
    shown: dict[str, Any] = {
        "id": board.id,
        "name": board.name,
        "hide_backlog_list": board.hide_backlog_list,
        "hide_closed_list": board.hide_closed_list,
        "project": present_places.project_simple(call.sim, holder)
        if isinstance(holder, Project)
        else None,
        "group": None if in_project else group,
        "milestone": present.milestone(call.sim, board.milestone) if board.milestone else None,
        "assignee": present.maybe_user(call.sim, board.assignee),
        "labels": present_issues.label_details(board.labels),
        "weight": board.weight,
    }
    return shown | {"lists": [_shown_list(call, entry) for entry in _ordered(board)]}


def _shown_list(call: Call, entry: BoardList) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": entry.id, "label": None, "position": entry.position}
    match entry.subject:
        case Label() as label:
            shown |= {"label": present_issues.label_details([label])[0], "list_type": "label"}
        case Milestone() as stone:
            shown["list_type"] = "milestone"
            shown["milestone"] = present.milestone(call.sim, stone)
        case User() as user:
            shown |= {"list_type": "assignee", "assignee": present.user_basic(call.sim, user)}
    limits = {"max_issue_count": 0, "max_issue_weight": 0, "limit_metric": None}
    return shown | limits if call.sim.premium else shown


ROUTES = tuple(
    Route(method, f"/{place}/:id/boards{rest}", handler)
    for place in ("projects", "groups")
    for method, rest, handler in (
        ("GET", "", list_boards),
        ("POST", "", create_board),
        ("GET", "/:board_id", get_board),
        ("PUT", "/:board_id", update_board),
        ("DELETE", "/:board_id", delete_board),
        ("GET", "/:board_id/lists", list_lists),
        ("POST", "/:board_id/lists", create_list),
        ("GET", "/:board_id/lists/:list_id", get_list),
        ("PUT", "/:board_id/lists/:list_id", move_list),
        ("DELETE", "/:board_id/lists/:list_id", delete_list),
    )
)
