"""Small things that belong to a user, group or project, and that this GitLab only keeps and shows.

Keys, addresses, deploy tokens, custom attributes, notification
settings, broadcast messages: `kept_sorts` says what each takes. Nothing here has an effect on
others.
"""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.api import finders
from bot.simulator.api.kept_sorts import SORTS, Entry, Sort
from bot.simulator.errors import bad_request, forbidden, invalid, invalid_fields, not_found
from bot.simulator.model import Project
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Handler, Route
from bot.simulator.text import iso

_INSTANCE = 0
_CUSTOM = (
    *("new_release", "new_note", "new_issue", "reopen_issue", "close_issue", "reassign_issue"),
    *("issue_due", "new_merge_request", "push_to_merge_request", "reopen_merge_request"),
    *("close_merge_request", "reassign_merge_request", "merge_merge_request", "failed_pipeline"),
    *("fixed_pipeline", "success_pipeline", "moved_project"),
    *("merge_when_pipeline_succeeds", "change_reviewer_merge_request", "approver"),
)
_LEVELS = ("disabled", "participating", "watch", "global", "mention", "custom")


def _owner(call: Call, place: str, *, change: bool, public: bool = False) -> int:
    """The number of whom it belongs to, once the caller may see or change it."""
    if place == "user":
        return call.user.id
    if place in {"users", ""}:
        if change or not public:
            finders.administrator(call)
        return _user(call, change=change) if place == "users" else _INSTANCE
    holder = finders.group(call) if place == "groups" else finders.project(call)
    if change or not public:
        levels = MAINTAINERS if isinstance(holder, Project) else OWNERS
        require(call.sim, call.user, holder, levels)
    return holder.id


def _user(call: Call, *, change: bool) -> int:
    """The user of the path, whose name is enough where only to read."""
    name = call.vars.get("user_id") or call.vars["id"]
    return (finders.user if change else finders.person)(call, name).id


def _routes(sort: Sort, place: str) -> list[Route]:
    """The usual five endpoints of one sort at one place."""
    prefix = f"/{place}" if place == "user" else f"/{place}/:id" if place else ""
    base = f"{prefix}/{sort.name}"
    kind = "users" if place == "user" else place
    one = f"{base}/:kept_key"
    base = base.replace("/users/:id", "/users/:user_id") if sort.named else base

    def shelf(call: Call, *, change: bool) -> dict[str, Entry]:
        number = _owner(call, place, change=change, public=sort.public)
        return call.sim.state.kept.shelf(kind, number, sort.name)

    def entry(call: Call, *, change: bool) -> Entry:
        found = shelf(call, change=change).get(_key(call, sort))
        if found is None:
            raise not_found(sort.name.rstrip("s").replace("_", " ").title().replace("Gpg", "GPG"))
        return found

    def show_all(call: Call) -> Answer:
        return paged(call, list(shelf(call, change=False).values()), dict)

    def show(call: Call) -> Entry:
        return dict(entry(call, change=False))

    def create(call: Call) -> Entry:
        _require_fields(call, sort)
        entries = shelf(call, change=True)
        made: Entry = {"id": call.sim.state.next_id(sort.name)}
        made |= {} if sort.undated else {"created_at": iso(call.sim.clock.now())}
        made |= sort.shown | _values(call.params, sort, sort.fields)
        made |= sort.derived(made)
        sort.check(made)
        made |= _signed(call, sort, place, made)
        if _is_taken(call, sort, made, entries):
            taken = {sort.unique: ["has already been taken"]}
            raise invalid_fields(**taken, **({"fingerprint": taken["key"]} if sort.days else {}))
        entries[str(made["id"])] = made
        return made | sort.once(call, made)

    def update(call: Call) -> Entry:
        found = entry(call, change=True)
        sent = {name: default for name, default in sort.fields.items() if call.params.has(name)}
        found |= _values(call.params, sort, sent)
        found |= sort.derived(found)
        return dict(found)

    def delete(call: Call) -> None:
        _require_removable(call, sort, entry(call, change=True))
        del shelf(call, change=True)[call.vars["kept_key"]]

    pairs: list[tuple[str, str, Handler]] = [
        ("GET", base, show_all),
        ("POST", base, create),
        ("GET", one, show),
        ("PUT", one, update),
        ("DELETE", one, delete),
    ]
    pairs += [("POST", f"{one}/revoke", _accepted(delete))] * sort.revocable
    return [Route(*pair) for pair in pairs if not (sort.fixed and pair[0] == "PUT")]


def _signed(call: Call, sort: Sort, place: str, made: Entry) -> Entry:
    """A user's key has its user and this host for a comment."""
    if not sort.signed:
        return {}
    user = call.sim.state.users[_owner(call, place, change=True)]
    kind, value, *_ = made["key"].split()
    return {"key": f"{kind} {value} {user.name} ({urlsplit(call.sim.url).hostname})"}


def _is_taken(call: Call, sort: Sort, made: Entry, entries: dict[str, Entry]) -> bool:
    """Whether there is one already; a shared address may also be somebody's main one."""
    if not sort.unique:
        return False
    wanted, state = made[sort.unique], call.sim.state
    if sort.shared and any(user.email == wanted for user in state.users.values()):
        return True
    rivals = state.kept.everywhere(sort.name) if sort.shared else entries.values()
    return any(entry[sort.unique] == wanted for entry in rivals)


def _accepted(delete: Handler) -> Handler:
    """What is done as by `delete`, and answered with 202."""

    def revoke(call: Call) -> Answer:
        delete(call)
        return Answer({"message": "202 Accepted"}, 202)

    return revoke


def _key(call: Call, sort: Sort) -> str:
    """The key of the path; 400 where it has to be a number and is none."""
    key = call.vars["kept_key"]
    if sort.number and not key.isdecimal():
        raise invalid(f"{sort.number} is invalid")
    return key


def _require_fields(call: Call, sort: Sort) -> None:
    """Tell who has a token what is missing, before rights are looked at."""
    if call.user and call.vars.get("user_id", "0").isdecimal():
        call.params.require(*sort.required)


def _require_removable(call: Call, sort: Sort, entry: Entry) -> None:
    if "created_at" in entry:
        finders.unmodified(call, datetime.fromisoformat(entry["created_at"]))
    if sort.removable and entry["state"] != sort.removable:
        raise forbidden()


def list_all_deploy_tokens(call: Call) -> Answer:
    """Those of all projects and groups, for administrators."""
    finders.administrator(call)
    return paged(call, call.sim.state.kept.everywhere("deploy_tokens"), dict)


def _values(params: Params, sort: Sort, names: Entry) -> Entry:
    """The parameters of these names, each as the type of its default."""
    values: Entry = {}
    for name in names:
        default = sort.fields[name]
        if name in sort.choices:
            values[name] = params.choice(name, sort.choices[name], default)
        elif name in sort.days:
            day = params.day(name)
            values[name] = f"{day}T00:00:00.000Z" if day else default
        elif isinstance(default, bool):
            values[name] = params.flag(name, default)
        elif isinstance(default, list):
            values[name] = params.words(name)
        else:
            values[name] = params.text(name, default)
    return values


def _attribute_shelf(call: Call) -> dict[str, Entry]:
    finders.administrator(call)
    place = call.path.split("/")[3]
    number = _owner(call, place, change=False, public=True)
    return call.sim.state.kept.shelf(place, number, "custom_attributes")


def list_attributes(call: Call) -> Answer:
    """Custom attributes, for administrators: https://docs.gitlab.com/api/custom_attributes/."""
    return paged(call, list(_attribute_shelf(call).values()), dict)


def get_attribute(call: Call) -> Any:
    """One custom attribute."""
    found = _attribute_shelf(call).get(call.vars["key"])
    if found is None:
        raise not_found()
    return found


def set_attribute(call: Call) -> Any:
    """Make or change a custom attribute."""
    entry = {"key": call.vars["key"], "value": call.params.required_text("value")}
    _attribute_shelf(call)[call.vars["key"]] = entry
    return entry


def delete_attribute(call: Call) -> None:
    """Remove a custom attribute."""
    get_attribute(call)
    del _attribute_shelf(call)[call.vars["key"]]


def notification_settings(call: Call) -> Any:
    """The caller's level here: https://docs.gitlab.com/api/notification_settings/."""
    place = call.path.split("/")[3] if "id" in call.vars else ""
    number = _INSTANCE if not place else _owner(call, place, change=False, public=True)
    shelf = call.sim.state.kept.shelf(place, number, f"notifications of {call.user.id}")
    settings = shelf.setdefault("settings", {"level": "global" if place else "participating"})
    if call.method == "PUT":
        if not call.params.has("level", "notification_email", *_CUSTOM):
            raise bad_request("no settings given")
        settings["level"] = call.params.choice("level", _LEVELS, settings["level"])
        old = settings.get("events", {})
        chosen = {n: bool(call.params.flag(n, old.get(n, False))) for n in _CUSTOM}
        settings.pop("events", None)
        settings |= {"events": chosen} if settings["level"] == "custom" else {}
    return settings if place else settings | {"notification_email": call.user.email}


def enable_deploy_key(call: Call) -> Any:
    """Let a deploy key of another project into this one."""
    number = _owner(call, "projects", change=True)
    for entry in call.sim.state.kept.everywhere("deploy_keys"):
        if str(entry["id"]) == call.vars["kept_key"]:
            call.sim.state.kept.shelf("projects", number, "deploy_keys")[str(entry["id"])] = entry
            return entry
    raise not_found("Deploy Key") if call.user else forbidden()


_PLACES = ("users", "projects", "groups")

ROUTES = (
    *(route for sort in SORTS for place in sort.owners for route in _routes(sort, place)),
    *(route for sort in SORTS if "users" in sort.owners for route in _routes(sort, "user")),
    Route("POST", "/projects/:id/deploy_keys/:kept_key/enable", enable_deploy_key),
    Route("GET", "/deploy_tokens", list_all_deploy_tokens),
    *(
        Route(method, f"{at}/notification_settings", notification_settings)
        for at in ("", "/projects/:id", "/groups/:id")
        for method in ("GET", "PUT")
    ),
    *(
        Route(method, f"/{place}/:id/custom_attributes{rest}", handler)
        for place in _PLACES
        for method, rest, handler in (
            ("GET", "", list_attributes),
            ("GET", "/:key", get_attribute),
            ("PUT", "/:key", set_attribute),
            ("DELETE", "/:key", delete_attribute),
        )
    ),
)
