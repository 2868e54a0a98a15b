"""The words of the bot, written for people who are tired: how things are named, and its news.

What is said on requests and at gates has modules of its own.
Each comment says what happened, why, and what to do next. It must not decide anything.
People are mentioned only when the configuration names them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.domain.commands.command import code
from bot.domain.observed import Kin, Observed, Person
from bot.domain.process import ROOT, Definition, Process
from bot.domain.progress import Progress
from bot.domain.record import Deed, Record
from bot.domain.rendering import inline, link
from bot.domain.wording import counted, listed

_BAR = "\\|"
_MENTION = re.compile(r"(?<![\w@])@([A-Za-z0-9_][A-Za-z0-9_.-]*)")


def mentions(text: str) -> tuple[str, ...]:
    """The user names that a text of ours mentions."""
    return tuple(_MENTION.findall(text))


def name(person: Person | None, observed: Observed, *, notify: bool = False) -> str:
    """How a person is named; mentioned only on demand, and only if the configuration knows them."""
    if person is None:
        return "nobody yet"
    known = any(person in people for people in observed.installation.people.values())
    return f"@{person.username}" if notify and known else f"`{person.username}`"


def owner(process: Process, observed: Observed, part: str) -> Person | None:
    """Who is accountable for a part now: the assignee, else who holds its role."""
    issue = observed.issue(part)
    role = process.root.role if part == ROOT else process.phases[part].role
    return issue.assignees[0] if issue and issue.assignees else observed.holder(role)


def titles(process: Process, observed: Observed, names: Iterable[str]) -> str:
    """Phases by title, linked where their issue is there."""
    shown = [phase_title(process, observed, phase) for phase in names]
    return listed(shown) if shown else ""


def phase_title(process: Process, observed: Observed, phase: str) -> str:
    """A phase by title, linked where its issue is there."""
    text = process.phases[phase].title
    return link(text, phase) if phase in observed.phases else text


def bullets(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return "\n".join(f"- {line}" for line in lines)


def row(cells: Iterable[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


def taken(definition: Definition, given: Mapping[str, str]) -> str:
    """Inputs as they were understood."""
    pairs = (
        f"**{definition.inputs[name].title}** is {code(value) if value else 'empty'}"
        for name, value in given.items()
    )
    return ", ".join(pairs)


def labelled(
    process: Process, observed: Observed, values: Mapping[str, str], label: str, *, on: bool
) -> str:
    """A label has given inputs other values, or is gone; tells who is accountable."""
    who = name(owner(process, observed, ROOT), observed, notify=True)
    stands = "is on this launch" if on else "is off this launch again"
    return (
        f"{who}: the label ~{quoted(label)} {stands}, so {taken(process, values)}.\n\n"
        "Due dates follow; those that somebody has set by hand stay."
    )


def superseded(definition: Definition, by: Kin, tasks: tuple[str, ...]) -> str:
    """A newer launch has begun; what was open here goes on there."""
    shown = ", ".join(code(task) for task in tasks)
    left = f"These tasks were open here, and go on there: {shown}.\n\n" if tasks else ""
    return (
        f"**{definition.title}** goes on with version **{inline(by.version)}**: "
        f"[follow it there]({by.url}).\n\n"
        f"{left}"
        "I close the issues of this version. What is finished in them stays finished here, and has "
        "to be done anew for that version; links and answers that show it stay here. Whom people "
        "have put in charge here is in charge there."
    )


def supersedes(older: Kin, tasks: tuple[str, ...], holds: tuple[str, ...]) -> str:
    """This launch takes over from an older one; which tasks were open, and what holds on."""
    shown = ", ".join(code(task) for task in tasks)
    left = f" These tasks were open there, and go on here: {shown}." if tasks else ""
    kept = f"\n\nThis holds on from there:\n\n{bullets(holds)}" if holds else ""
    return (
        f"This version supersedes [version {inline(older.version)}]({older.url}), which was still "
        f"under way.{left} What is finished there has to be done anew for this version; links and "
        f"answers that show it stay there.{kept}"
    )


def escalated(process: Process, observed: Observed, record: Record, role: str, deed: Deed) -> str:
    """A launch was taken to the next rung; tells its people, with the facts so far."""
    people = observed.installation.people.get(role, ())
    who = ", ".join(name(person, observed, notify=True) for person in people) or "Nobody yet"
    why = f": {inline(deed.why)}" if deed.why else "."
    lines = bullets(_facts(process, observed, record))
    return (
        f"{who} ({process.roles[role].title}): {code(deed.by)} asks for your help with this "
        f"launch{why}\n\n{lines}"
    )


def _facts(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    if deed := record.deeds.get("waiting.partner"):
        day = observed.installation.days.today(deed.at)
        yield f"It waits for the partner since {day}."
    for phase, issue in observed.phases.items():
        if record.phase(phase).gate == "open":
            missing = len(Progress.of(process, observed, record).missing(phase))
            late = bool(issue.due and issue.due < observed.today())
            due = f", {'was' if late else 'is'} due on {issue.due}" if issue.due else ""
            who = name(owner(process, observed, phase), observed)
            tasks = counted(missing, "task")
            yield f"{phase_title(process, observed, phase)}: {tasks} left, with {who}{due}."


def cancelled(process: Process, deed: Deed) -> str:
    """The launch ends without going live."""
    return (
        f"The launch is **cancelled** by {code(deed.by)}: {inline(deed.why)}\n\n"
        "I closed its issues, and took the label off the request. Put the label "
        f"~{quoted(process.labels.request)} on the request again, and another launch begins there."
    )


def quoted(label: str) -> str:
    """A label's name as GitLab wants it in a reference."""
    return f'"{label}"'


def label_gone(title: str, labels: Iterable[str]) -> str:
    """Labels that a project lacks."""
    names = " and ".join(f"~{quoted(label)}" for label in labels)
    return (
        f"The project of **{title}** has no label {names} any more: it was renamed or removed. "
        "I do not create it anew. Give it its old name again, or create it."
    )
