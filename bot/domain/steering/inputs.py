"""Commands on what a launch is about: `set`, and `docs` for its documentation."""

from bot.domain import dates, messages, requests
from bot.domain.alignment.linked import How, key
from bot.domain.commands.command import code
from bot.domain.commands.grammar import render
from bot.domain.steering.order import Done, Order, Result, Undone


def change(order: Order) -> Result:
    """Give or change inputs of a launch that runs."""
    given = dict(order.command.values)
    fixed = [name for name in given if name in order.process.identity]
    if fixed:
        names = " and ".join(code(name) for name in fixed)
        return Undone(
            f"{names} cannot change any more, because it tells launches apart. "
            f"{code(f'/{order.scope.head} cancel because ...')} ends this launch, "
            "and then the request starts another one."
        )
    kept = {**order.record.inputs, **given}
    problems = requests.checked(order.process, kept).problems
    wrong = [f"**{order.process.inputs[n].title}** {problems[n]}." for n in given if n in problems]
    if wrong:
        return Undone(" ".join(wrong))
    now = dates.changed(order.process, order.observed, order.record.inputs, given)
    follow = {name: value for name, value in now.items() if value != kept.get(name)}
    record = order.decided("set").model_copy(update={"inputs": now})
    return Done(record, f"{messages.taken(order.process, {**given, **follow})}.")


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
