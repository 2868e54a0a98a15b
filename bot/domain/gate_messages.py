"""What is said when a gate moves, or when somebody tried to move one: to phases, and to the root.

Each says what happened, why, and what to do next. It must not decide anything.
"""

from collections.abc import Iterable, Iterator

from bot.domain import catalogue
from bot.domain.commands.command import code
from bot.domain.messages import bullets, name, owner, phase_title, quoted, row, titles
from bot.domain.observed import Observed
from bot.domain.process import ROOT, Process
from bot.domain.progress import Progress
from bot.domain.record import Record
from bot.domain.rendering import inline
from bot.domain.wording import counted


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
    start = f"Start with `{task.id}`: {task.title}." if task else f"It waits: {missing[0]}."
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
        "You can wait for my comment here that it is unlocked. If you close it again, I leave "
        "it closed, but the phase stays locked."
    )


def closed_incomplete(process: Process, phase: str, missing: Iterable[str], head: str) -> str:
    """A phase was closed with something missing; it is reopened once."""
    anyway = code(f"/{head} close {phase} because ...")
    return (
        f"I reopened this issue: **{process.phases[phase].title}** is not complete. "
        f"This is missing:\n\n{bullets(missing)}\n\n"
        "Tick the tasks in the description when they are done, then close the issue again. If "
        "you close it as it is, I leave it closed, but the phase does not count as done; "
        f"whoever may decide that writes {anyway}, and it counts."
    )


def closed_again(process: Process, phase: str, whose: str) -> str:
    """A phase that is done was reopened by somebody who may not; it is closed once."""
    return (
        f"I closed this issue again: **{process.phases[phase].title}** is done, and reopening it "
        f"is for {whose}. Ask one of them. If you reopen it again, I leave it open, but the phase "
        "stays done."
    )


def without_documentation(process: Process, observed: Observed) -> str:
    """How a launch goes live although its documentation is not as it should be."""
    phase = process.documentation.phase if process.documentation else ""
    command = f"/{observed.installation.command} close {phase} because ..."
    return (
        "Whoever may decide that the launch goes live without its documentation "
        f"writes {code(command)}."
    )


def root_closed_early(lacks: Iterable[str], way: str = "") -> str:
    """The root was closed before the launch could be live; it is reopened once.

    `way` says how it goes live all the same.
    """
    return (
        "I reopened this issue: closing it makes the launch live, and this is missing:\n\n"
        f"{bullets(lacks)}\n\n"
        "Close it when nothing is missing any more. If you close it before that, I leave it "
        "closed, but the launch does not count as live."
        f"{' ' * bool(way)}{way}"
    )


def label_put_back(process: Process, observed: Observed, phase: str, gate: str, label: str) -> str:
    """Somebody moved a gate label; it is put back once."""
    person, head = observed.hands.get(f"{phase}.gate"), observed.installation.command
    who = f"{code(person.username)} changed it, but" if person else "It was changed, but"
    ways = " or ".join(code(f"/{head} {verb} {phase} because ...") for verb in ("unlock", "close"))
    return (
        f"I put the label ~{quoted(label)} back. {who} **{process.phases[phase].title}** is "
        f"{gate}, and the label only shows that. A phase opens when the phases before it are done, "
        "and it is done when its issue is closed with the required tasks ticked. "
        f"Whoever may decide otherwise writes {ways}. If you change the label again, I leave it, "
        "but the phase does not move."
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
