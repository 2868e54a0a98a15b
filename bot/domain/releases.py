"""Launches that a release starts: one for each provider that has an image.

A release is a tag that is a version and that GitLab calls a release. It must not read any of that,
and must not know any product.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain import catalogue, requests, versions
from bot.domain.observed import Cause, Installation
from bot.domain.process import Process
from bot.domain.rendering import inline

_ID = re.compile(r"r\d{1,19}-[a-z0-9][a-z0-9_.-]{0,58}")


@dataclass(frozen=True, slots=True)
class Release:
    """A release of a project, by its tag."""

    project: int
    tag: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Start:
    """A launch that a release starts."""

    launch: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Idle:
    """What a release starts nothing for, and why; for nothing at all if `what` is empty."""

    what: str
    why: str


def judged(
    processes: Mapping[str, Process], installation: Installation, release: Release
) -> Iterator[Start | Idle]:
    """The launches that a release starts, in order, and what it starts none for."""
    if not versions.is_version(release.tag):
        yield Idle("", f"{inline(release.tag)} is no version such as 1.2 or v1.2.3")
    elif not versions.is_final(release.tag):
        yield Idle("", f"{inline(release.tag)} is a candidate for a version, and no final one")
    else:
        for process in processes.values():
            rule = process.releases
            if rule and installation.projects.get(rule.project) == release.project:
                yield from _each(process, installation, release)


def _each(process: Process, installation: Installation, release: Release) -> Iterator[Start | Idle]:
    rule = process.releases
    for value in process.inputs[rule.each].choices if rule else ():
        given = {rule.each: value, rule.version: versions.plain(release.tag)} if rule else {}
        if rule and rule.released:
            given[rule.released] = installation.days.today(release.at).isoformat()
        known = requests.checked(process, given)
        name = f"r{release.project}-{_safe(release.tag)}-{_safe(value)}"
        lacking = [f"{process.inputs[key].title} {why}" for key, why in known.problems.items()]
        if lacking:
            yield Idle(value, "; ".join(lacking))
        elif not _ID.fullmatch(name):
            yield Idle(value, "its name is too long, or has characters that no id may have")
        elif why := catalogue.refusal(process, installation.images, known.inputs):
            yield Idle(value, why)
        else:
            yield Start(name, Cause(process.name, given, release.tag))


def _safe(text: str) -> str:
    """A tag or a value as a part of an id; no version has a line below."""
    return text.casefold().replace("+", "_")
