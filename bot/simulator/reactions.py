"""Giving and taking back emoji: https://docs.gitlab.com/api/emoji_reactions/. No HTTP."""

from bot.simulator import hooks
from bot.simulator.model import Award, Issuable, Note, User
from bot.simulator.simulator import Simulator


def given(user: User, to: Issuable | Note, name: str) -> Award | None:
    """The user's reaction of this name, if there is one."""
    return next((a for a in to.awards if a.user is user and a.name == name), None)


def give(sim: Simulator, user: User, to: Issuable | Note, name: str) -> Award:
    """React; that it is not there yet is settled before."""
    number = sim.state.next_id("award")
    award = Award(id=number, name=name, user=user, created_at=sim.clock.now(), awardable=to)
    to.awards.append(award)
    hooks.emoji_given(sim, user, award, "award")
    return award


def revoke(sim: Simulator, actor: User, award: Award) -> None:
    """Take a reaction back."""
    award.awardable.awards.remove(award)
    hooks.emoji_given(sim, actor, award, "revoke")


def toggle(sim: Simulator, user: User, to: Issuable | Note, name: str) -> None:
    """What the quick action does: react, or take it back."""
    award = given(user, to, name)
    if award:
        revoke(sim, user, award)
    else:
        give(sim, user, to, name)
