"""Texts that people write into issues and merge requests: their quick actions run as they save.

Joins quick actions with editing; both know nothing of each other.
"""

from bot.simulator import editing, merging, quick_actions
from bot.simulator.command_effects import interpret
from bot.simulator.command_reading import Outcome
from bot.simulator.editing import Wanted
from bot.simulator.errors import ApiError
from bot.simulator.model import Issuable, Issue, MergeRequest, Project, User
from bot.simulator.simulator import Simulator


def create_issue(sim: Simulator, actor: User, project: Project, wanted: Wanted) -> Issue:
    """A new issue, its description's quick actions done."""
    told_at = wanted.get("created_at")
    item = editing.new_issue(sim, actor, project, wanted)
    item.told_at = told_at
    begin(sim, actor, item, wanted)
    item.told_at = None
    return item


def begin(sim: Simulator, actor: User, item: Issuable, wanted: Wanted) -> None:
    """First values of a new thing: quick actions in its description set them too."""
    outcome = _run_commands(sim, actor, item, wanted, new=True)
    editing.begin(sim, actor, item, wanted)
    outcome.finish()


def update(sim: Simulator, actor: User, item: Issuable, wanted: Wanted) -> None:
    """Change a thing; quick actions in a new description join the changes."""
    editing.validate(wanted)
    outcome = _run_commands(sim, actor, item, wanted)
    editing.validate(wanted)
    change(sim, actor, item, wanted)
    outcome.finish()


def valid(wanted: Wanted) -> Wanted:
    """What commands of a comment want, or only a new state where the rest cannot be.

    GitLab says all the same that it is done.
    """
    try:
        editing.validate(wanted)
    except ApiError:
        return {key: value for key, value in wanted.items() if key == "state_event"}
    return dict(wanted)


def change(sim: Simulator, actor: User, item: Issuable, wanted: Wanted) -> None:
    """Change a thing; what is no draft any more may be what auto-merge waits for."""
    was_draft = isinstance(item, MergeRequest) and item.draft
    editing.change(sim, actor, item, wanted)
    if isinstance(item, MergeRequest) and was_draft and not item.draft:
        merging.auto_merge(sim, item.project)


def _run_commands(
    sim: Simulator, actor: User, item: Issuable, wanted: Wanted, *, new: bool = False
) -> Outcome:
    text, commands = quick_actions.extract(wanted.get("description") or "")
    outcome = interpret(sim, actor, item, commands, new=new)
    if wanted.get("description"):
        wanted["description"] = text
    wanted.update(outcome.wanted)
    return outcome
