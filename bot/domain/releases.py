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


def starts(
    processes: Mapping[str, Process], installation: Installation, release: Release
) -> Iterator[Start]:
    """The launches that a release starts, in order; none for a candidate."""
    if not versions.is_final(release.tag):
        return
    for process in processes.values():
        rule = process.releases
        if rule and installation.projects.get(rule.project) == release.project:
            yield from _each(process, installation, release)


def _each(process: Process, installation: Installation, release: Release) -> Iterator[Start]:
    rule = process.releases
    for value in process.inputs[rule.each].choices if rule else ():
        given = {rule.each: value, rule.version: versions.plain(release.tag)} if rule else {}
        if rule and rule.released:
            given[rule.released] = installation.days.today(release.at).isoformat()
        known = requests.checked(process, given)
        name = f"r{release.project}-{_safe(release.tag)}-{_safe(value)}"
        if known.problems or not _ID.fullmatch(name):
            continue
        if catalogue.refusal(process, installation.images, known.inputs) is None:
            yield Start(name, Cause(process.name, given, release.tag))


def _safe(text: str) -> str:
    """A tag or a value as a part of an id; no version has a line below."""
    return text.casefold().replace("+", "_")
