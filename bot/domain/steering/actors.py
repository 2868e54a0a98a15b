"""Who gives a command, or did something by hand, as rights need to know them.

Levels come from GitLab at this moment; roles from the installation and who stands in.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.commands.command import Command, Target
from bot.domain.commands.rights import Actor, Holders, allowed, who_may
from bot.domain.observed import Member, Observed, Person
from bot.domain.process import ROOT, Process
from bot.domain.record import Record


def standing_in(observed: Observed, record: Record | None) -> Observed:
    """What is observed, with roles held by whoever stands in for them today."""
    today, installation = observed.today(), observed.installation
    given = (*installation.stand_ins.items(), *(record.stand_ins.items() if record else ()))
    people = dict(installation.people)
    for role, holder in given:
        if holder.until is None or today <= holder.until:
            person = Person(holder.id, holder.username)
            others = (held for held in people.get(role, ()) if held.id != person.id)
            people[role] = (person, *others)
    return replace(observed, installation=replace(installation, people=people))


def holders(process: Process, observed: Observed) -> Holders:
    """The user names of those who hold each role."""
    people = observed.installation.people
    return {role: [person.username for person in people.get(role, ())] for role in process.roles}


def actor(observed: Observed, record: Record | None, part: str, person: Person) -> Actor:
    """Somebody, as they stand to the project of a part and to the launch."""
    member = observed.members.get((part, person.id), Member())
    held = observed.installation.people.items()
    parts = (ROOT, *observed.phases)
    issues = ((name, observed.issue(name)) for name in parts)
    assigned = {name for name, issue in issues if issue and _is_among(person, issue.assignees)}
    owners = record.task_owners.items() if record else ()
    return Actor(
        id=person.id,
        username=person.username,
        level=member.level,
        blocked=member.blocked,
        bot=member.bot,
        roles=frozenset(role for role, people in held if _is_among(person, people)),
        assignee_of=frozenset(assigned | {task for task, held in owners if held.id == person.id}),
    )


def _is_among(person: Person, people: Iterable[Person]) -> bool:
    """By id: user names change."""
    return any(person.id == other.id for other in people)


def objection(
    process: Process, observed: Observed, record: Record, hand: str, verb: str
) -> str | None:
    """Whom something is for that somebody else did by hand, such as `build.closed`; None if fine.

    It is judged by the right of a command; where GitLab does not tell who did it, it stands.
    """
    part, _, _ = hand.partition(".")
    person = observed.hands.get(hand)
    if person is None:
        return None
    target = None if part == ROOT else Target("phase", part)
    people = holders(process, observed)
    giver = actor(observed, record, part, person)
    if allowed(Command(verb, target), giver, process, people) is None:
        return None
    return who_may(verb, process, target, people)
