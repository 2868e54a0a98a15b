"""What a webhook delivery says changed: header and body in, keys for the queue out.

A delivery is a hint. It is read for the thing that changed, and dropped; what to do about that
is found out later, by reading GitLab. So this module knows no network, no database and no clock,
and must not tell apart what somebody did: opened, edited, commented and closed are all "changed".

Fields: https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import DecodeError, Meta, Struct, ValidationError
from msgspec.json import Decoder

from bot.domain import markers, releases
from bot.domain.markers import Keyring

_TAGS = "refs/tags/"
_Id = Annotated[int, Meta(gt=0, le=2**63 - 1)]
_Labels = Annotated[list["_Label"], Meta(max_length=1000)]
"""More stand on no issue; a body full of them would fill the memory."""


class MalformedDelivery(ValueError):  # noqa: N818 -- it names a fact about the sender
    """The body is no JSON object in UTF-8, so GitLab did not send it like this."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What the installation looks out for in deliveries.

    `triggers` are names of labels that start a launch or open a phase, `head` is the word that
    begins commands; `docs` are the ids of the projects with documentation merge requests;
    `bot_users` are the ids of the users that the bot is and was: it does not answer itself;
    `products` are the ids of projects whose releases start launches.
    """

    keyring: Keyring
    triggers: frozenset[str]
    bot_users: frozenset[int]
    head: str
    docs: frozenset[int] = frozenset()
    products: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Event:
    """What changed, as keys for the queue; `why` says how that was found, or why there is none."""

    keys: tuple[str, ...]
    why: str


class _Label(Struct, frozen=True, gc=False):
    title: str | None = None


class _User(Struct, frozen=True, gc=False):
    id: int | None = None


class _Project(Struct, frozen=True, gc=False):
    id: _Id


class _Thing(Struct, frozen=True, gc=False):
    """An issue or a merge request, as far as we read it."""

    iid: _Id | None = None
    description: str | None = None
    labels: _Labels | None = None
    system: bool | None = None
    note: str | None = None


class _Change(Struct, frozen=True, gc=False):
    previous: _Labels | None = None
    current: _Labels | None = None


class _Changes(Struct, frozen=True, gc=False):
    labels: _Change | None = None


class _Delivery(Struct, frozen=True, gc=False):
    object_kind: str | None = None
    user: _User | None = None
    project: _Project | None = None
    object_attributes: _Thing | None = None
    issue: _Thing | None = None
    merge_request: _Thing | None = None
    labels: _Labels | None = None
    changes: _Changes | None = None
    ref: str | None = None
    tag: str | None = None


_DELIVERIES = Decoder(_Delivery)
_AT = re.compile(r" - at `\$\.(?P<field>[^`]+)`")


def read(event_header: str, body: bytes, watch: Watch) -> Event:
    """What a delivery says changed.

    `event_header` is the value of `X-Gitlab-Event`; it only helps to explain,
    because confidential and group hooks spell it in several ways.

    Raises:
        MalformedDelivery: The body is no JSON object in UTF-8.
    """
    try:
        delivery = _DELIVERIES.decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _unreadable(error)
    if delivery.object_kind is None:
        return Event((), "the body has no object_kind: a custom webhook template?")
    if delivery.user is not None and delivery.user.id in watch.bot_users:
        return Event((), "the bot did this itself")
    return _changed(delivery, watch) or Event((), f"{event_header[:80]!r} concerns no launch")


def _unreadable(error: Exception) -> Event:
    """Bad JSON is the sender's fault; a field of an unknown shape is a newer or older GitLab."""
    where = _AT.search(str(error)) if isinstance(error, ValidationError) else None
    if where is None:
        raise MalformedDelivery(f"The body is no JSON object: {error}.") from None
    return Event((), f"the field {where['field']} is not as documented")


def _changed(  # noqa: PLR0911 -- one for each kind
    delivery: _Delivery, watch: Watch
) -> Event | None:
    """The launches that the markers name; without one, the issue, if it bears a trigger."""
    attributes = delivery.object_attributes or _Thing()
    match delivery.object_kind:
        case "issue" | "work_item":
            now = [*(delivery.labels or ()), *(attributes.labels or ())]
            return _marked(attributes, watch) or _triggered(
                delivery, attributes, [*now, *_relabelled(delivery)], watch
            )
        case "note" if attributes.system:
            return Event((), "GitLab wrote this note itself")
        case "note" if (issue := delivery.issue) is not None:
            labels = issue.labels or ()
            return (
                _marked(issue, watch)
                or _triggered(delivery, issue, labels, watch)
                or _commanded(delivery, issue, watch)
            )
        case "note" if delivery.merge_request is not None:
            return _documented(delivery, delivery.merge_request, watch)
        case "merge_request":
            return _documented(delivery, attributes, watch)
        case "tag_push":
            return _released(delivery, (delivery.ref or "").removeprefix(_TAGS), watch)
        case "release":
            return _released(delivery, delivery.tag or "", watch)
    return None


def _released(delivery: _Delivery, tag: str, watch: Watch) -> Event | None:
    """A tag of a product; whether it is a release is found out later."""
    project = delivery.project.id if delivery.project else 0
    if project not in watch.products:
        return None
    if not 0 < len(tag) <= releases.LONGEST:
        return Event((), "the tag has no name, or one that is too long")
    return Event((f"release:{project}/{tag}",), "it may be a release")


def _documented(delivery: _Delivery, request: _Thing, watch: Watch) -> Event | None:
    """A merge request where documentation is written; whose it is, a worker finds out."""
    project = delivery.project.id if delivery.project else None
    if project not in watch.docs or request.iid is None:
        return None
    return Event((f"docs:{project}:{request.iid}",), "a documentation merge request changed")


def _marked(thing: _Thing, watch: Watch) -> Event | None:
    found = markers.find(thing.description or "", watch.keyring)
    keys = tuple(dict.fromkeys(f"launch:{marker.launch}" for marker in found))
    return Event(keys, "its description carries our marker") if keys else None


def _triggered(
    delivery: _Delivery, issue: _Thing, labels: Sequence[_Label], watch: Watch
) -> Event | None:
    names = {label.title for label in labels}
    if not names & watch.triggers:
        return None
    return _issue(delivery, issue, "it bears or bore a trigger label")


def _commanded(delivery: _Delivery, issue: _Thing, watch: Watch) -> Event | None:
    """An issue on which somebody writes what may be a command; whether it is one is found later."""
    text = delivery.object_attributes.note if delivery.object_attributes else None
    if f"/{watch.head}" not in (text or "").casefold():
        return None
    return _issue(delivery, issue, "a comment may be a command")


def _issue(delivery: _Delivery, issue: _Thing, why: str) -> Event:
    """An issue that bears no marker of ours."""
    if delivery.project is None or issue.iid is None:
        return Event((), "the issue has no project or no number")
    return Event((f"issue:{delivery.project.id}/{issue.iid}",), why)


def _relabelled(delivery: _Delivery) -> Iterator[_Label]:
    """The labels before and after, so that a trigger taken off is seen too."""
    change = delivery.changes.labels if delivery.changes is not None else None
    if change is not None:
        yield from change.previous or ()
        yield from change.current or ()
