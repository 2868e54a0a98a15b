"""Commands that only ask: `status`, `why`, `plan` and `help`."""

from dataclasses import replace

from bot.domain import overview
from bot.domain.actions import KeepDefinition, Plan, React, WriteStatus
from bot.domain.commands import help as guide
from bot.domain.commands.command import code
from bot.domain.commands.rights import allowed
from bot.domain.messages import bullets
from bot.domain.rendering import inline
from bot.domain.steering import reasons, timely
from bot.domain.steering.actors import holders
from bot.domain.steering.order import Done, Effect, Order, Result, Said

_MOST = 20
_OWN = (KeepDefinition, React, WriteStatus)
"""What keeps the launch in mind, and changes nothing for people."""


def status(order: Order) -> Result:
    """How the launch stands."""
    return Said(overview.summary(order.process, order.foreseen, order.record))


def why(order: Order) -> Result:
    """Why the launch, a phase or a task stands as it does."""
    return Said(bullets(reasons.of(replace(order, observed=order.foreseen))))


def explain(order: Order) -> Result:
    """All commands, or one of them."""
    if order.target:
        held = holders(order.process, order.observed)
        return Said(guide.about(order.target, order.scope, held))
    return Said(guide.overview(order.scope))


def preview(order: Order, effect: Effect) -> Result:
    """What a command would do, and whom it would notify."""
    people = holders(order.process, order.observed)
    if refusal := allowed(order.command, order.giver, order.process, people):
        return Said(refusal.text)
    if objection := timely.objection(order.observed, order.record, order.command):
        return Said(objection)
    result = effect(order)
    if isinstance(result, Done):
        return Said(described(order.preview(result.record)))
    return Said(result.words)


def described(plan: Plan) -> str:
    """A plan for people."""
    told = replace(plan, actions=tuple(a for a in plan.actions if not isinstance(a, _OWN)))
    done = [inline(line.replace("**", "")) for line in told.lines()] or [
        "nothing that people would see"
    ]
    rest = [f"and {len(done) - _MOST} more"] if len(done) > _MOST else []
    names = ", ".join(code(name) for name in plan.notifies()) or "nobody"
    steps = bullets([*done[:_MOST], *rest])
    return f"I would do this:\n\n{steps}\n\nGitLab would notify {names}."
