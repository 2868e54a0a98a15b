"""What an installation says: which people hold a role, which projects take part, which days count.

These models are the format of `launchbot.yml`; the reference in `docs/` is generated from them.
Secrets and addresses do not stand here: they come from the environment.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.domain.catalogue import Image
from bot.domain.overrides import Override
from bot.domain.process import Slug, Strict

USERNAME = r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
PROJECT_PATH = r"^[^/\s]+(/[^/\s]+)+$"

Whole = Annotated[int, Field(strict=True)]
Username = Annotated[str, StringConstraints(pattern=USERNAME, max_length=255)]
HeadWord = Annotated[str, StringConstraints(min_length=1, max_length=40)]
ProjectPath = Annotated[str, StringConstraints(pattern=PROJECT_PATH, max_length=1000)]


class Calendar(Strict):
    """Which days are business days; Saturdays and Sundays never are."""

    timezone: str = Field(default="UTC", description="The zone in which a day begins and ends.")
    country: str | None = Field(
        default=None, description="Two letters; its public holidays are no business days."
    )
    subdivision: str | None = Field(default=None, description="A state or region of the country.")
    holidays: tuple[date, ...] = Field(default=(), description="More days off.")


class StandIn(Strict):
    """Somebody who holds a role for a team until a day, or until this is taken out again."""

    user: Username = Field(description="The GitLab user name.")
    until: date | None = Field(default=None, description="The last day, if it is known.")


class Configuration(Strict):
    """The installation: `launchbot.yml`."""

    projects: Mapping[Slug, Whole | ProjectPath] = Field(
        description="Names that processes use for projects, each with its path or numeric id."
    )
    roles: Mapping[Slug, tuple[Username, ...]] = Field(
        description="Who holds a role: GitLab user names; the first is accountable."
    )
    processes: tuple[Slug, ...] = Field(
        default=(), description="The processes to run; all that are found unless given."
    )
    process_folders: tuple[str, ...] = Field(
        default=(), description="More folders with processes, relative to this file."
    )
    overrides: Mapping[Slug, Override] = Field(
        default={}, description="What is different here in a process, by its name."
    )
    images: tuple[Image, ...] = Field(
        default=(),
        description="What is offered where; what stands in `images.yml` beside this file is read "
        "as if it stood here.",
    )
    calendar: Calendar = Field(default=Calendar(), description="Which days are business days.")
    stand_ins: Mapping[Slug, StandIn] = Field(
        default={}, description="Who holds a role for the time being, in place of its holders."
    )
    command: HeadWord = Field(
        default="launch", description="The word behind the slash that begins every command."
    )
    bot_users: tuple[Whole, ...] = Field(
        default=(), description="Ids of users that the bot was in former times."
    )
    resync_minutes: Annotated[int, Field(ge=1, le=1440, strict=True)] = Field(
        default=10, description="How often to look for changes whose webhook was lost."
    )
