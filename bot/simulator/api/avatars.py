"""Pictures of users, groups and projects: taken as an upload, served again under their address."""

from bot.simulator.api import finders
from bot.simulator.errors import ApiError, invalid, invalid_fields, not_found
from bot.simulator.model import File, Holder, User
from bot.simulator.routing import Answer, Call, Route

_LARGEST = 200 * 1024
_PLACES = {"user": "users", "group": "namespaces", "project": "projects"}


def apply(call: Call, owner: User | Holder) -> None:
    """Keep the picture that was sent as `avatar`; empty text removes the old one."""
    if not call.params.has("avatar"):
        return
    sent = call.params.values["avatar"]
    if sent in (None, ""):
        owner.avatar = None
    elif not isinstance(sent, File):
        raise invalid("avatar is invalid")
    elif len(sent.content) > _LARGEST:
        raise invalid_fields(avatar=["is too big (should be at most 200 KiB)"])
    else:
        owner.avatar = sent


def get(call: Call) -> Answer:
    """The picture itself, which anybody may see."""
    place, number = _PLACES.get(call.vars["kind"], ""), call.vars["number"]
    found = getattr(call.sim.state, place, {}).get(int(number) if number.isdecimal() else 0)
    if found is None or found.avatar is None:
        raise ApiError(404, "Not Found")
    return Answer(found.avatar.content)


def download(call: Call) -> Answer:
    """The picture of a group or project, for who may see that."""
    place = finders.group(call) if "/groups/" in call.path else finders.project(call)
    if place.avatar is None:
        raise not_found("Avatar")
    return Answer(place.avatar.content)


ROUTES = (
    Route("GET", "/groups/:id/avatar", download),
    Route("GET", "/projects/:id/avatar", download),
)
OUTSIDE_ROUTES = (Route("GET", "/uploads/-/system/:kind/avatar/:number/:file", get),)
