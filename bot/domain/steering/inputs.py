"""Commands on what a launch is about: `set`, and `docs` for its documentation."""

from collections.abc import Mapping

from bot.domain import dates, messages, requests
from bot.domain.alignment.linked import How, key
from bot.domain.commands.command import code
from bot.domain.commands.grammar import render
from bot.domain.fitting import deciding
from bot.domain.opening import identity
from bot.domain.rendering import link
from bot.domain.steering.order import Done, Order, Result, Undone

_TITLES = " Titles and texts of the issues stay as they are; edit them where they say otherwise."


def change(order: Order) -> Result:
    """Give or change inputs of a launch that runs."""
    given = dict(order.command.values)
    kept = {**order.record.inputs, **given}
    if why := _fixed(order, given) or _taken_elsewhere(order, kept):
        return Undone(why)
    problems = requests.checked(order.process, kept).problems
    wrong = [f"**{order.process.inputs[n].title}** {problems[n]}." for n in given if n in problems]
    if wrong:
        return Undone(" ".join(wrong))
    now = dates.changed(order.process, order.observed, order.record.inputs, given)
    follow = {name: value for name, value in now.items() if value != kept.get(name)}
    record = order.decided("set").model_copy(update={"inputs": now})
    renamed = _renames(order, now)
    understood = messages.taken(order.process, {**given, **follow})
    return Done(record, f"{understood}.{_TITLES * renamed}")


def _fixed(order: Order, given: Mapping[str, str]) -> str:
    """What cannot change in a launch that has begun; empty if all can."""
    decided = deciding(order.observed.processes.get(order.process.name, order.process))
    names = [name for name in given if name in decided]
    if not names:
        return ""
    it = "it" if len(names) == 1 else "them"
    return (
        f"{' and '.join(map(code, names))} cannot change any more, because the tasks of this "
        f"launch follow from {it}. {code(f'/{order.scope.head} cancel because ...')} ends this "
        "launch, and then the request starts another one."
    )


def _renames(order: Order, inputs: Mapping[str, str]) -> bool:
    """Whether the launch would be for something else than it is now."""
    before = identity(order.process, order.record.inputs)
    return identity(order.process, inputs) != before


def _taken_elsewhere(order: Order, inputs: Mapping[str, str]) -> str:
    """Which other launch keeps this one from being for the same; empty if none does."""
    rival, root = order.observed.rival, order.observed.root
    if rival is None or not _renames(order, inputs):
        return ""
    private = rival.confidential and not (root and root.confidential)
    where = "a confidential launch" if private else link("a launch that is running", "rival")
    return f"That is for {where} already, and there is one at a time for the same."


def docs(order: Order) -> Result:
    """Link the merge request with the documentation."""
    named = order.command.request
    place = order.observed.requests.get((order.part, named)) if named else None
    if place is None:
        return Undone(f"GitLab shows me no merge request {code(render(order.command)[5:])}.")
    documentation = order.process.documentation
    if documentation is not None:
        known = order.observed.installation.projects.get(documentation.project)
        if place.project != known:
            return Undone(
                "That merge request is not in the project with the documentation, which "
                f"`launchbot.yml` calls {code(documentation.project)}."
            )
    record = order.decided("docs")
    linked: How = "command"
    docs = {**record.docs, key(place.project, place.iid): linked}
    return Done(record.model_copy(update={"docs": docs}))
