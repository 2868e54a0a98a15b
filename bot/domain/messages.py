"""The words of the bot: every comment that it posts, written for people who are tired.

Each says what happened, why, and what to do next. It must not decide anything.
People are mentioned only when the configuration names them.
"""

import re
from collections.abc import Iterable, Mapping

from bot.domain import requests
from bot.domain.observed import Observed, Person
from bot.domain.process import ROOT, Definition, Process
from bot.domain.progress import Progress
from bot.domain.record import Record
from bot.domain.rendering import inline, link

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
    return " and ".join(phase_title(process, observed, phase) for phase in names)


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


def inputs_missing(definition: Definition, problems: Mapping[str, str]) -> str:
    """A request cannot start a launch yet; what to paste."""
    lacking = bullets(f"**{definition.inputs[key].title}** {why}." for key, why in problems.items())
    paste = requests.template(definition, problems)
    return (
        f"This asks for **{definition.title}**, and I can start as soon as these are there:\n\n"
        f"{lacking}\n\n"
        "Copy this into the description above, put in your own values, and save:\n\n"
        f"```markdown\n{paste}\n```\n\n"
        "Nothing has been opened so far. I look again whenever the description changes."
    )


def already_running(definition: Definition, *, private: bool) -> str:
    """A second request for what a running launch is about."""
    where = "a confidential launch" if private else link("a launch that is running", "rival")
    return (
        f"This asks for the same as {where}: **{definition.title}** runs once at a time for "
        f"the same {' and '.join(definition.inputs[key].title for key in definition.identity)}.\n\n"
        "So I open nothing here. Go on there; or change the description here if you mean "
        "something else, and I look again."
    )


def needless(definition: Definition, why: str) -> str:
    """A request asks for something that `images.yml` says needs no work."""
    return (
        f"This asks for **{definition.title}**, and I open nothing: {why}.\n\n"
        "If that is wrong, whoever runs Launchbot corrects `images.yml`; then change this issue, "
        "and I look again."
    )


def cannot_start(definition: Definition, why: str) -> str:
    """The root issue could not be opened."""
    return (
        f"I cannot start **{definition.title}**: GitLab does not let me open its first issue "
        f"({inline(why)}).\n\n"
        "Whoever runs Launchbot needs to give my user at least the Reporter role in the "
        f"project that `launchbot.yml` calls `{definition.root.project}`. I try again tomorrow, "
        "or when this issue changes."
    )


def started(definition: Definition) -> str:
    """The request has led to a launch."""
    return (
        f"**{definition.title}** has started: {link('follow it here', ROOT)}. "
        "The comment there that shows the status is always up to date."
    )


def unlocked(process: Process, observed: Observed, phase: str, due: str) -> str:
    """A phase may be worked on; tells its owner."""
    after = titles(process, observed, process.phases[phase].after)
    are = "is" if len(process.phases[phase].after) == 1 else "are"
    by = f" It is due on **{due}**." if due else ""
    return (
        f"{name(owner(process, observed, phase), observed, notify=True)}: "
        f"**{process.phases[phase].title}** is unlocked, because {after} {are} done.{by}\n\n"
        f"{_what_to_do(process, observed, phase)} "
        "You may change the assignee and the due date; I keep to what you set."
    )


def _what_to_do(process: Process, observed: Observed, phase: str) -> str:
    progress = Progress.of(process, observed)
    task, missing = progress.next(phase), progress.missing(phase)
    if not missing:
        return "All required boxes are ticked already: close this issue if that is right."
    start = f"Start with `{task.id}`: {task.title}." if task else f"What is left: {missing[0]}."
    return (
        f"{start} Tick the boxes in the description as you go, "
        "and close this issue when the required ones are ticked."
    )


def locked_again(process: Process, observed: Observed, phase: str, reopened: list[str]) -> str:
    """A phase it waits for was reopened; tells its owner to pause."""
    were = "was" if len(reopened) == 1 else "were"
    return (
        f"{name(owner(process, observed, phase), observed, notify=True)}: "
        f"**{process.phases[phase].title}** is locked again, because "
        f"{titles(process, observed, reopened)} {were} reopened.\n\n"
        "What is ticked stays ticked, and dates stay as they are. I tell you here when you can "
        "go on."
    )


def closed_while_locked(process: Process, observed: Observed, phase: str, waits: list[str]) -> str:
    """A locked phase was closed; it is reopened once."""
    are = "is" if len(waits) == 1 else "are"
    return (
        f"I reopened this issue: **{process.phases[phase].title}** is still locked. "
        f"It waits for {titles(process, observed, waits)}, which {are} not done yet.\n\n"
        "You can wait for my comment here that it is unlocked. If you close it again I leave "
        "it closed, but the phase stays locked."
    )


def closed_incomplete(process: Process, phase: str, missing: Iterable[str]) -> str:
    """A phase was closed with required tasks missing; it is reopened once."""
    return (
        f"I reopened this issue: **{process.phases[phase].title}** is not complete. "
        f"These required tasks are missing:\n\n{bullets(missing)}\n\n"
        "Tick them in the description when they are done, then close the issue again. If you "
        "close it as it is I leave it closed, but the phase does not count as done."
    )


def root_closed_early(process: Process, observed: Observed, waits: Iterable[str]) -> str:
    """The root was closed before all phases were done; it is reopened once."""
    return (
        "I reopened this issue: closing it makes the launch live, and these phases are not done "
        f"yet:\n\n{bullets(phase_title(process, observed, phase) for phase in waits)}\n\n"
        "Close it when they are. If you close it before I leave it closed, but the launch does "
        "not count as live."
    )


def label_put_back(process: Process, phase: str, gate: str, label: str) -> str:
    """Somebody moved a gate label; it is put back once."""
    return (
        f"I put the label ~{quoted(label)} back: **{process.phases[phase].title}** is {gate}, and "
        "the label only shows that. A phase opens when the phases before it are done, and it is "
        "done when its issue is closed with the required tasks ticked. If you change the label "
        "again I leave it, but the phase does not move."
    )


def quoted(label: str) -> str:
    """A label's name as GitLab wants it in a reference."""
    return f'"{label}"'


def moved_away() -> str:
    """The root issue was moved to where the bot does not work."""
    return (
        "This issue was moved to a project in which I do not work, so the launch **stands still**."
        "\n\nMove it back, or let whoever runs Launchbot add the project to `projects:` in "
        "`launchbot.yml` and make me a member there with the Reporter role. I go on by myself then."
    )


def rebuilt(process: Process, observed: Observed) -> str:
    """The record was lost and rebuilt from what can be seen; the launch is paused."""
    who = name(observed.holder(process.root.role), observed, notify=True)
    return (
        f"{who}: my record of this launch was lost or broken, and I have no copy. I rebuilt it "
        "from the issues and their labels, and **paused the launch**.\n\n"
        "I cannot know any more which dates and assignees people chose, when phases began, and "
        "which comments I owed. Look through the table above: if gates and dates are right, "
        "whoever runs Launchbot continues with\n\n"
        f"```sh\nlaunchbot reconcile {observed.launch} --resume\n```"
    )


def label_gone(title: str, labels: Iterable[str]) -> str:
    """Labels that a project lacks."""
    names = " and ".join(f"~{quoted(label)}" for label in labels)
    return (
        f"The project of **{title}** has no label {names} any more: it was renamed or removed. "
        "I do not create it anew. Give it its old name again, or create it."
    )


def ready(process: Process, observed: Observed) -> str:
    """All phases are done: the launch can go live."""
    who = name(owner(process, observed, ROOT), observed, notify=True)
    return (
        f"{who}: all phases are done. **Close this issue to make the launch live.** "
        "Should something still be open, reopen the phase that it belongs to."
    )


def live(process: Process, observed: Observed, record: Record) -> str:
    """The launch is live, and how long each phase took."""
    rows = "\n".join(
        row([phase_title(process, observed, phase), took(observed, record, phase)])
        for phase in process.phases
    )
    return f"The launch is **live**. \N{PARTY POPPER}\n\n| Phase | Took |\n|---|---|\n{rows}"


def took(observed: Observed, record: Record, phase: str) -> str:
    """How long a phase took, in business days."""
    memory, days = record.phase(phase), observed.installation.days
    if memory.opened is None or memory.done is None:
        return "unknown"
    start, end = days.today(memory.opened), days.today(memory.done)
    count = days.between(start, end)
    return f"{count} business day{'' if count == 1 else 's'} ({start} to {end})"
