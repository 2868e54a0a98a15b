"""What quick actions do: turned into changes wanted, steps to take after them, and answers.

https://docs.gitlab.com/user/project/quick_actions/
A command that the user may not give, or that does not apply, changes nothing and says so.
"""

from bot.simulator import (
    epic_commands,
    incident_commands,
    item_commands,
    label_commands,
    link_commands,
    people_commands,
    planning_commands,
    request_commands,
)
from bot.simulator.command_reading import Effect, Outcome, Reading, UnreadableError
from bot.simulator.model import Issuable, User
from bot.simulator.quick_actions import Command
from bot.simulator.simulator import Simulator


def interpret(
    sim: Simulator,
    actor: User,
    item: Issuable,
    commands: list[Command],
    *,
    new: bool = False,
    sha: str = "",
) -> Outcome:
    """What the commands come to for this user and thing; `new` while it is being created.

    `sha` is what the user takes for the head of a merge request.
    """
    reading = Reading(sim, actor, item, new=new, sha=sha)
    for name, argument in commands:
        _run(reading, name, argument)
    return reading.outcome


def _run(reading: Reading, name: str, argument: str) -> None:
    """Do one; those that are not modelled can never be applied."""
    effect, unable = _EFFECTS.get(name), f"Could not apply {name} command."
    try:
        usable = effect is not None and not (reading.new and name in _LATER)
        said = effect(reading, argument) if effect and usable else ""
    except UnreadableError as problem:
        said = f"{unable} {problem}."
    if said is not None:
        reading.outcome.messages.append(said or unable)


_LATER = frozenset(
    """
    add_email approve award clone close done duplicate lock merge move react reassign rebase
    relabel remove_due_date remove_email remove_estimate remove_label remove_milestone remove_parent
    remove_time_estimate remove_time_spent remove_zoom reopen run_pipeline submit_review
    subscribe timeline title todo unapprove unassign unlabel unlink unlock unsubscribe
    """.split()  # noqa: SIM905 -- thirty names read better without quotes
)
"""What does not apply to something that is just being made."""

_EFFECTS: dict[str, Effect] = {
    **epic_commands.EFFECTS,
    **incident_commands.EFFECTS,
    **item_commands.EFFECTS,
    **label_commands.EFFECTS,
    **link_commands.EFFECTS,
    **people_commands.EFFECTS,
    **planning_commands.EFFECTS,
    **request_commands.EFFECTS,
}
