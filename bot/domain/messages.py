"""The words of the bot: every comment that it posts, written for people who are tired.

Each says what happened, why, and what to do next. It must not decide anything.
People are mentioned only when the configuration names them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from bot.domain import catalogue, requests
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


def inputs_there(definition: Definition) -> str:
    """What a request lacked at first is there."""
    return f"This asks for **{definition.title}**. Something was missing at first; it is there now."


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


def overtaken(definition: Definition, by: Kin, *, private: bool) -> str:
    """A request asks for no newer version than that of a running launch."""
    version = f"with version **{inline(by.version)}**, [over there]({by.url})"
    where = "in a confidential launch, with the same version or a newer one" if private else version
    return (
        f"I open nothing here: **{definition.title}** is under way already {where}.\n\n"
        "Change the version here if you mean another one, and I look again."
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


def unlocked(process: Process, observed: Observed, record: Record, phase: str, due: str) -> str:
    """A phase may be worked on; tells its owner."""
    by = f" It is due on **{due}**." if due else ""
    return (
        f"{name(owner(process, observed, phase), observed, notify=True)}: "
        f"**{process.phases[phase].title}** is unlocked, "
        f"{_why_unlocked(process, observed, record, phase)}.{by}\n\n"
        f"{_what_to_do(process, observed, record, phase)} "
        "You may change the assignee and the due date; I keep to what you set."
    )


def _why_unlocked(process: Process, observed: Observed, record: Record, phase: str) -> str:
    if deed := record.deeds.get(f"unlock.{phase}"):
        return f"by {code(deed.by)}: {inline(deed.why)}"
    after = titles(process, observed, process.phases[phase].after)
    return f"because {after} {'is' if len(process.phases[phase].after) == 1 else 'are'} done"


def _what_to_do(process: Process, observed: Observed, record: Record, phase: str) -> str:
    progress = Progress.of(process, observed, record)
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


def closed_incomplete(process: Process, phase: str, missing: Iterable[str], head: str) -> str:
    """A phase was closed with something missing; it is reopened once."""
    anyway = code(f"/{head} close {phase} because ...")
    return (
        f"I reopened this issue: **{process.phases[phase].title}** is not complete. "
        f"This is missing:\n\n{bullets(missing)}\n\n"
        "Tick the tasks in the description when they are done, then close the issue again. If "
        "you close it as it is I leave it closed, but the phase does not count as done; "
        f"{anyway} makes it count, by somebody who may."
    )


def closed_again(process: Process, phase: str, whose: str) -> str:
    """A phase that is done was reopened by somebody who may not; it is closed once."""
    return (
        f"I closed this issue again: **{process.phases[phase].title}** is done, and reopening it "
        f"is for {whose}. Ask one of them. If you reopen it again I leave it open, but the phase "
        "stays done."
    )


def without_documentation(process: Process, observed: Observed) -> str:
    """How a launch goes live although its documentation is not as it should be."""
    phase = process.documentation.phase if process.documentation else ""
    command = f"/{observed.installation.command} close {phase} because ..."
    return (
        f"{code(command)} lets the launch go live without its documentation, by somebody who may."
    )


def root_closed_early(lacks: Iterable[str], way: str = "") -> str:
    """The root was closed before the launch could be live; it is reopened once.

    `way` says how it goes live all the same.
    """
    return (
        "I reopened this issue: closing it makes the launch live, and this is missing:\n\n"
        f"{bullets(lacks)}\n\n"
        "Close it when nothing is missing any more. If you close it before I leave it closed, "
        "but the launch does not count as live."
        f"{' ' * bool(way)}{way}"
    )


def label_put_back(process: Process, observed: Observed, phase: str, gate: str, label: str) -> str:
    """Somebody moved a gate label; it is put back once."""
    person, head = observed.hands.get(f"{phase}.gate"), observed.installation.command
    who = f"{code(person.username)} changed it, but" if person else "It was changed, but"
    ways = " and ".join(code(f"/{head} {verb} {phase} because ...") for verb in ("unlock", "close"))
    return (
        f"I put the label ~{quoted(label)} back. {who} **{process.phases[phase].title}** is "
        f"{gate}, and the label only shows that. A phase opens when the phases before it are done, "
        "and it is done when its issue is closed with the required tasks ticked; "
        f"{ways} override that, by somebody who may. If you change the label again I leave it, "
        "but the phase does not move."
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
        f"{code(f'/{observed.installation.command} resume')} goes on. Commands of before do not "
        "run any more."
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
        f"{who}: all phases are done. {_how_to_go_live(process, observed.installation.command)} "
        "Should something still be open, reopen the phase that it belongs to."
    )


def _how_to_go_live(process: Process, head: str) -> str:
    close = "**Close this issue to make the launch live.**"
    if not process.votes:
        return close
    voters = ", ".join(f"**{process.roles[role].title}**" for role in process.votes)
    vote = f"{code(f'/{head} go')} or {code(f'/{head} no-go because ...')}"
    return f"Now these vote by {vote}: {voters}. {close[:-3]} when all of them say go.**"


def live(process: Process, observed: Observed, record: Record) -> str:
    """The launch is live, and how long each phase took."""
    rows = "\n".join(
        row([phase_title(process, observed, phase), took(observed, record, phase)])
        for phase in process.phases
    )
    table = f"| Phase | Took |\n|---|---|\n{rows}"
    texts = ["The launch is **live**. \N{PARTY POPPER}", table, *_listed(process, observed, record)]
    return "\n\n".join(texts)


def _listed(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    """Who has to say in `images.yml` what is live now; a bot writes no files."""
    rule = process.catalogue
    if rule and catalogue.live(process, observed.installation.images, record.inputs):
        who = name(owner(process, observed, ROOT), observed, notify=True)
        line = code(f'live: "{record.inputs[rule.version or ""]}"')
        yield (
            f"{who}: let whoever runs Launchbot write {line} for "
            f"{code(record.inputs[rule.provider])} into `images.yml`. Until then this version, "
            "or an older one, can be asked for again."
        )


def took(observed: Observed, record: Record, phase: str) -> str:
    """How long a phase took, in business days."""
    memory, days = record.phase(phase), observed.installation.days
    if memory.opened is None or memory.done is None:
        return "unknown"
    start, end = days.today(memory.opened), days.today(memory.done)
    count = days.between(start, end)
    return f"{counted(count, 'business day')} ({start} to {end})"
