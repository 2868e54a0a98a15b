"""Launches that a tag starts: one for each provider that has an image, if it is a release.

A release is a tag that is a version and that GitLab calls a release. A tag that starts nothing
gets one comment, on its commit. It must not read any of that, and must not know any product.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain import catalogue, request_messages, requests, versions
from bot.domain.actions import CommentOnCommit, Plan
from bot.domain.observed import Cause, Installation, Observed, Tag
from bot.domain.process import Process
from bot.domain.rendering import inline

_ID = re.compile(r"r\d{1,19}-[a-z0-9][a-z0-9_.-]{0,58}")


LATE = timedelta(days=7)
"""How long after a release it may start launches, or be told that it starts none."""

_TOO_LATE = "it was released more than seven days ago"

_NO_RELEASE = "GitLab has no release for this tag yet; it counts as soon as there is one"

PATIENCE = timedelta(hours=1)
"""How long a tag that is a version may wait to be made a release."""

LONGEST = 200
"""How many characters a tag may have."""


@dataclass(frozen=True, slots=True)
class Start:
    """A launch that a release starts, and for what."""

    what: str
    launch: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Idle:
    """What a tag starts nothing for, and why; for nothing at all if `what` is empty."""

    what: str
    why: str


def judged(
    processes: Mapping[str, Process], installation: Installation, tag: Tag, now: datetime
) -> Iterator[Start | Idle]:
    """The launches that a tag starts, in order, and what it starts none for."""
    if why := _no_release(tag) or (_TOO_LATE if is_late(tag, now) else ""):
        yield Idle("", why)
        return
    for process in started_by(processes, installation, tag.project):
        yield from _each(process, installation, tag)


def started_by(
    processes: Mapping[str, Process], installation: Installation, project: int
) -> Iterator[Process]:
    """The processes that releases of a project start."""
    for process in processes.values():
        rule = process.releases
        if rule and installation.projects.get(rule.project) == project:
            yield process


def _no_release(tag: Tag) -> str:
    if not versions.is_version(tag.name):
        return f"{inline(tag.name)} is no version such as 1.2 or v1.2.3"
    if not versions.is_final(tag.name):
        return f"{inline(tag.name)} is a candidate for a version, and no final one"
    return "" if tag.released else _NO_RELEASE


def is_late(tag: Tag, now: datetime) -> bool:
    """Whether a tag was released so long ago that it is no news."""
    return tag.released is not None and now - tag.released > LATE


def answer(observed: Observed, tag: Tag) -> Plan:
    """One comment on the commit of a tag that starts nothing; an old release is left in peace."""
    if tag.is_told or not tag.commit or is_late(tag, observed.now):
        return Plan()
    started = started_by(observed.processes, observed.installation, tag.project)
    text = request_messages.starts_nothing(tag, [*started])
    reason = "whoever tagged it should know what keeps it from starting a launch"
    return Plan((CommentOnCommit(tag, text, reason),))


def _each(process: Process, installation: Installation, tag: Tag) -> Iterator[Start | Idle]:
    rule = process.releases
    for value in process.inputs[rule.each].choices if rule else ():
        given = {rule.each: value, rule.version: versions.plain(tag.name)} if rule else {}
        if rule and rule.released and tag.released:
            given[rule.released] = installation.days.today(tag.released).isoformat()
        known = requests.checked(process, given)
        name = f"r{tag.project}-{_safe(tag.name)}-{_safe(value)}"
        lacking = [f"{process.inputs[key].title} {why}" for key, why in known.problems.items()]
        if lacking:
            yield Idle(value, "; ".join(lacking))
        elif not _ID.fullmatch(name):
            yield Idle(value, "the tag is too long, or has characters that no id may have")
        elif why := catalogue.refusal(process, installation.images, known.inputs):
            yield Idle(value, why)
        else:
            yield Start(value, name, Cause(process.name, given, tag.name))


def begun(process: Process, launch: str) -> requests.Request | None:
    """What a release gave its launch, by the id of that, which does not tell the day."""
    rule, what = process.releases, launch.partition("-")[2]
    if rule is None or not _ID.fullmatch(launch):
        return None
    for value in sorted(process.inputs[rule.each].choices, key=len, reverse=True):
        if what.endswith(ending := f"-{_safe(value)}"):
            version = versions.plain(what.removesuffix(ending).replace("_", "+"))
            return requests.checked(process, {rule.each: value, rule.version: version})
    return None


def _safe(text: str) -> str:
    """A tag or a value as a part of an id; no version has a line below."""
    return text.casefold().replace("+", "_")
