"""Issue boards and their label lists: https://docs.gitlab.com/api/boards/."""

from typing import Any

from bot.simulator import present
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, invalid, not_found
from bot.simulator.model import Board, BoardList, Holder, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import PLANNING, is_premium_or_refuse, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import visible_labels


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
    """Rename a board or hide its outer lists."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    params = call.params
    board.name = params.text("name") or board.name
    board.hide_backlog_list = bool(params.flag("hide_backlog_list", board.hide_backlog_list))
    board.hide_closed_list = bool(params.flag("hide_closed_list", board.hide_closed_list))
    return _shown(call, board)


def delete_board(call: Call) -> None:
    """Remove a board; labels and issues stay."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    del board.holder.boards[board.id]


def list_lists(call: Call) -> Answer:
    """The label lists in order, without Open and Closed."""
    return paged(call, _ordered(_board(call)), _shown_list)


def get_list(call: Call) -> Any:
    """One list."""
    return _shown_list(_list(call, _board(call)))


def create_list(call: Call) -> Any:
    """A list for a label, once per board; other kinds of lists are Premium and not modelled."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    number = call.params.integer("label_id")
    if number is None:
        names = "label_id, milestone_id, iteration_id, assignee_id"
        raise invalid(f"{names} are missing, exactly one parameter must be provided")
    label = next((x for x in visible_labels(board.holder) if x.id == number), None)
    if label is None:
        raise bad_request("Label not found!")
    if any(entry.label is label for entry in board.lists.values()):
        raise bad_request("Label has already been taken")
    entry = BoardList(
        id=call.sim.state.next_id("board_list"), label=label, position=len(board.lists)
    )
    board.lists[entry.id] = entry
    return _shown_list(entry)


def move_list(call: Call) -> Any:
    """Put a list at another place; the others make room."""
    board = _board(call)
    require(call.sim, call.user, board.holder, PLANNING)
    entry = _list(call, board)
    order = [other for other in _ordered(board) if other is not entry]
    order.insert(call.params.required_integer("position"), entry)
    _number(order)
    return _shown_list(entry)


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
    found = _holder(call).boards.get(int(text) if text.isdigit() else 0)
    if found is None:
        raise not_found()
    return found


def _list(call: Call, board: Board) -> BoardList:
    text = call.vars["list_id"]
    found = board.lists.get(int(text) if text.isdigit() else 0)
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
    return {
        "id": board.id,
        "name": board.name,
        "hide_backlog_list": board.hide_backlog_list,
        "hide_closed_list": board.hide_closed_list,
        "project": present.project_simple(call.sim, holder)
        if isinstance(holder, Project)
        else None,
        "group": None if in_project else {"id": holder.id, "name": holder.name},
        "milestone": None,
        "assignee": None,
        "labels": [],
        "weight": None,
        "lists": [_shown_list(entry) for entry in _ordered(board)],
    }


def _shown_list(entry: BoardList) -> dict[str, Any]:
    label = entry.label
    return {
        "id": entry.id,
        "label": {
            "id": label.id,
            "name": label.name,
            "color": label.color,
            "description": label.description,
            "description_html": label.description or "",
            "text_color": present.text_color(label.color),
            "archived": label.archived,
        },
        "position": entry.position,
        "list_type": "label",
    }


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
