"""What the commands that touch GitLab share: the installation from the environment, and launches.

Launches are named as people see them: by id, as `group/project#12`, or by the address of an issue.
"""

import re
import sys
from collections.abc import Iterator

import typer

from bot import bootstrap
from bot.bootstrap import Bot
from bot.domain.actions import Plan
from bot.domain.errors import UserError
from bot.gitlab.access import Access
from bot.gitlab.client import NotVisible
from bot.gitlab.find import Found
from bot.settings import Settings, Use

_REFERENCE = re.compile(r"^(?P<project>[^\s#]+)#(?P<iid>\d+)$")
_ADDRESS = re.compile(r"^/(?P<project>.+?)/-/(?:issues|work_items)/(?P<iid>\d+)(?:[?#].*)?$")
_LAUNCH = re.compile(r"^[a-z]\d+(?:-[a-z0-9._-]+)?$")
_TAG = re.compile(r"^(?P<project>[^\s@#:]+/[^\s@#:]+)@(?P<tag>\S+)$")


def assembled(use: Use = "gitlab") -> Bot:
    """The bot as the environment describes it.

    Raises `SettingsError` with everything wrong in the environment, then `UserError` with
    everything wrong in the configuration.
    """
    settings = Settings.load(use=use)
    bootstrap.set_up_logs(settings, colours=sys.stderr.isatty())
    return bootstrap.assemble(settings, bootstrap.load(settings))


def chosen(bot: Bot, launch: str | None, *, every: bool) -> list[Found]:
    """The launches that a command is for."""
    return list(_all(bot)) if every or launch is None else [_named(bot, launch)]


def require_one(launch: str | None, *, every: bool) -> None:
    """Refuse a command without a launch, or with one and `--all`, before anything is read."""
    if every == (launch is not None):
        raise typer.BadParameter(
            "name one launch (an id, group/project#12 or an address), or say --all",
            param_hint="LAUNCH",
        )


def tagged(bot: Bot, name: str | None) -> Iterator[tuple[str, Plan]]:
    """What the tag starts, or says, that somebody names; empty if they name something else."""
    if match := _TAG.match(name or ""):
        yield from bot.reconciler.preview_tag(match["project"], match["tag"])


def _named(bot: Bot, launch: str) -> Found:
    if match := _REFERENCE.match(launch) or _ADDRESS.match(_below(bot, launch)):
        found = bot.reconciler.find(match["project"], int(match["iid"]))
    elif _LAUNCH.match(launch):
        found = bot.reconciler.locate(Found(launch))
        found = found if found.root else None
    else:
        raise UserError(f"{launch!r} is no launch: give an id, group/project#12 or an address.")
    if found is None:
        raise UserError(
            f"{launch} belongs to no launch, or GitLab does not show it to the bot. "
            "`launchbot plan --all` lists what there is."
        )
    return found


def _below(bot: Bot, launch: str) -> str:
    """The path of an address below that of our GitLab, which may have a path itself."""
    base, is_address = bot.settings.gitlab_url, re.match("https?://", launch)
    if is_address and not launch.startswith(f"{base}/"):
        raise UserError(f"{launch} is no address of the GitLab at {base} (LAUNCHBOT_GITLAB_URL).")
    return launch.removeprefix(base) if is_address else launch


def _all(bot: Bot) -> Iterator[Found]:
    """Every launch; where nobody may look is said, for there may be some."""
    seen: set[str] = set()
    access = bot.access()
    if problem := access.directory.unseen():
        typer.echo(problem, err=True)
    for name, project in access.directory.installation().projects.items():
        for found in _changed(access, name, project):
            if found.launch not in seen:
                seen.add(found.launch)
                yield bot.reconciler.locate(found)


def _changed(access: Access, name: str, project: int) -> list[Found]:
    try:
        return access.finder.changed(project, None)
    except NotVisible:
        message = "GitLab does not show the bot the issues of this project of launchbot.yml: "
        typer.echo(f"{message}{name}", err=True)
        return []
