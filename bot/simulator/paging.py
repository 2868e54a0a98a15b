"""Pages of lists, with GitLab's headers.

https://docs.gitlab.com/api/rest/#pagination
"""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from bot.simulator.errors import ApiError, invalid, message
from bot.simulator.params import Params
from bot.simulator.routing import Answer, Call

_DEFAULT_SIZE = 20
_LARGEST_SIZE = 100
_COUNTED_UP_TO = 10_000
_LAST_OFFSET = 50_000
_TOO_FAR = (
    "Offset pagination has a maximum allowed offset of %d for requests that return objects of"
    " type %s. Remaining records can be retrieved using keyset pagination."
)
_NO_KEYSET = "Keyset pagination is not yet available for this type of request"

Item = TypeVar("Item")
SortKey = Callable[[Any], list[Any]]
BY_ID = frozenset({("id", "asc"), ("id", "desc")})
"""By id, from either end."""


def paged(
    call: Call, items: Iterable[Item], show: Callable[[Item], Any], *, counted: bool = True
) -> Answer:
    """One page of the items; only these are turned into JSON. Some lists are never counted."""
    everything = items if isinstance(items, Sequence) else list(items)
    number = max(1, call.params.integer("page") or 1)
    size = page_size(call.params)
    start = (number - 1) * size
    body = [show(item) for item in everything[start : start + size]]
    return Answer(body, headers=_headers(call, number, size, len(everything), counted))


def keyset(call: Call, items: Sequence[Item], key: SortKey, show: Callable[[Item], Any]) -> Answer:
    """One page by keyset: the cursor names the last item seen, so that changes do not shift it.

    `items` are sorted; `key` gives a JSON value that tells an item from all others.
    """
    size = page_size(call.params)
    start = _after(items, key, call.params.text("cursor"))
    page = items[start : start + size]
    headers = {}
    if start + size < len(items):
        cursor = base64.urlsafe_b64encode(json.dumps(key(page[-1])).encode()).decode()
        headers["link"] = f'<{page_url(call, cursor=cursor)}>; rel="next"'
    return Answer([show(item) for item in page], headers=headers)


def by_token(
    call: Call,
    items: Sequence[Item],
    name: Callable[[Item], str],
    show: Callable[[Item], Any],
    *,
    refs: str = "",
) -> Answer:
    """One page behind the item that `page_token` names: lists of what a repository has.

    Unknown names of `refs` are refused; https://docs.gitlab.com/api/rest/#keyset-based-pagination.
    """
    size, token = page_size(call.params), call.params.text("page_token")
    names = [name(item) for item in items]
    if refs and token and token not in names:
        raise message(422, f"Invalid page token: {refs}/{token}")
    start = names.index(token) + 1 if token in names else 0
    page, headers = items[start : start + size], {}
    if start + size < len(items):
        headers["link"] = f'<{page_url(call, page_token=name(page[-1]))}>; rel="next"'
    return Answer([show(item) for item in page], headers=headers)


def by_id(item: Any) -> list[Any]:
    """The key of lists that go by keyset in the order of the id only."""
    return [item.id]


def listed_by_id(call: Call, items: Sequence[Any], show: Callable[[Any], Any]) -> Answer:
    """As `listed`, in the order of the id, where the next page goes on behind or before an id.

    A full page names a next one, though that may be empty.
    """
    answer = listed(call, items, by_id, show, kind="Project", usual=("created_at", "desc"))
    full = len(answer.body) == page_size(call.params)
    if full and call.params.text("pagination") == "keyset":
        name = "id_after" if call.params.text("sort") == "asc" else "id_before"
        url = page_url(call, **{name: answer.body[-1]["id"]})
        answer.headers["link"] = f'<{url}>; rel="next"'
    return answer


def listed(
    call: Call,
    items: Sequence[Item],
    key: SortKey,
    show: Callable[[Item], Any],
    orders: frozenset[tuple[str, str]] = BY_ID,
    *,
    usual: tuple[str, str] = ("id", "desc"),
    kind: str = "",
) -> Answer:
    """One page by offset or, where asked for, by keyset in one of these orders; else 405.

    `usual` is the order where none is asked for, which need not be one of them.
    Lists of a `kind` end by offset at 50,000; what is behind is reached by keyset only.
    """
    if call.params.text("pagination") != "keyset":
        if kind and (call.params.integer("page") or 1) * page_size(call.params) > _LAST_OFFSET:
            raise ApiError(405, {"error": _TOO_FAR % (_LAST_OFFSET, kind)})
        return paged(call, items, show)
    params = call.params
    if (params.text("order_by", usual[0]), params.text("sort", usual[1])) not in orders:
        raise ApiError(405, {"error": _NO_KEYSET})
    return keyset(call, items, key, show)


def _after(items: Sequence[Any], key: SortKey, cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        last = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise invalid("cursor is invalid") from None
    keys = [key(item) for item in items]
    if last in keys:
        return keys.index(last) + 1
    falling = len(keys) > 1 and keys[0] > keys[-1]
    return next((i for i, k in enumerate(keys) if (k < last) == falling), len(keys))


def _headers(call: Call, number: int, size: int, total: int, counted: bool) -> dict[str, str]:
    last = max(1, -(-total // size))
    headers = {
        "x-page": str(number),
        "x-per-page": str(size),
        "x-next-page": str(number + 1) if number < last else "",
        "x-prev-page": str(number - 1) if 1 < number <= last else "",
    }
    near = {"prev": headers["x-prev-page"], "next": headers["x-next-page"]}
    pages = {rel: page for rel, page in near.items() if page} | {"first": "1"}
    if counted and total <= _COUNTED_UP_TO:
        headers |= {"x-total": str(total), "x-total-pages": str(last)}
        pages["last"] = str(last)
    links = [f'<{page_url(call, page=n, per_page=size)}>; rel="{rel}"' for rel, n in pages.items()]
    return headers | {"link": ", ".join(links)}


def page_url(call: Call, **changed: Any) -> str:
    """The address of the call with other parameters, without the token."""
    kept = [p for p in parse_qsl(call.query, keep_blank_values=True) if p[0] not in changed]
    kept = [p for p in kept if p[0] not in {"private_token", "access_token"}]
    query = sorted([*kept, *changed.items()], key=lambda parameter: str(parameter[0]))
    return f"{call.base_url}{call.path}?{urlencode(query)}"


def page_size(params: Params) -> int:
    """How many to a page: at most 100, whatever is asked for."""
    size = params.integer("per_page")
    if size == 0:
        raise invalid("per_page has a value not allowed")
    return min(size, _LARGEST_SIZE) if size and size > 0 else _DEFAULT_SIZE
