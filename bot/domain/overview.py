"""The visible part of the status note: the live overview of a launch for people.

The same launch always gives the same text, so that nothing is rewritten when nothing changed.
"""

from collections.abc import Iterator

from bot.domain import catalogue, checklists, dates, fields, gates, messages
from bot.domain.alignment import launches
from bot.domain.alignment.linked import named
from bot.domain.commands.command import code
from bot.domain.observed import Observed
from bot.domain.opening import expects, root_title
from bot.domain.process import ROOT, Phase, Process, Root
from bot.domain.progress import Progress
from bot.domain.record import Record
from bot.domain.rendering import inline
from bot.domain.steering import votes

_SIGN = {
    "locked": "\N{LOCK} locked",
    "open": "\N{OPEN LOCK} open",
    "done": "\N{WHITE HEAVY CHECK MARK} done",
}

_FOOTER = (
    "<sub>Launchbot keeps this comment up to date. Work in the issues; "
    "changes made in this comment are lost.</sub>"
)
_DEEDS = {
    fields.ASSIGNEE: "set the assignee of",
    fields.DUE: "set the due date of",
    fields.STATE: "reopen",
    fields.GATE: "set the gate label of",
    fields.LABEL: "put the label of launches on the issue of",
    fields.LINK: "link the issue of",
    fields.CREATE: "open the issue of",
    fields.CONFIDENTIAL: "make confidential the issue of",
    fields.HOLD: "set `Merge can start after` of",
    fields.VERDICT: "write the verdict on",
    fields.REPLY: "reply on the issue of",
    fields.CHECK: "start a pipeline of",
}

_OVER = {"live", "cancelled"}
_PLAIN = {ROOT: "the launch", "request": "the request"}


def render(process: Process, observed: Observed, record: Record) -> str:
    """The overview as Markdown."""
    progress = Progress.of(process, observed, record)
    rows = [_row(process, observed, record, progress, phase) for phase in process.phases]
    table = ["| Phase | Gate | Owner | Due | Tasks | Next |", "|---|---|---|---|---|---|", *rows]
    blocks = [
        f"### {inline(root_title(process, record.inputs))}",
        _headline(process, observed, record),
        *_live(process, observed, record),
        *_about(process, record),
        "\n".join(table),
        f"**Who has the ball:** {_ball(process, observed, record)}",
        *_documentation(process, observed, record),
        *_limits(process, observed, record),
        _FOOTER,
    ]
    return "\n\n".join(blocks)


def summary(process: Process, observed: Observed, record: Record) -> str:
    """The overview without what hangs together with the comment that it stands in."""
    blocks = render(process, observed, record).split("\n\n")
    return "\n\n".join(blocks[1:-1])


def _headline(process: Process, observed: Observed, record: Record) -> str:
    day = dates.launch_date(process, record)
    date = f" \N{MIDDLE DOT} launch date **{day}**" if day else ""
    who = messages.name(messages.owner(process, observed, ROOT), observed)
    is_ready = record.ready and record.state == "running"
    state = "ready to go live" if is_ready else record.state
    return f"**{state.capitalize()}**{date} \N{MIDDLE DOT} accountable: {who}"


def _live(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    """What is to be replaced by what, as long as there is something to do."""
    version = catalogue.live(process, observed.installation.images, record.inputs)
    if version and process.catalogue and record.state in {"running", "paused"}:
        brought = record.inputs[process.catalogue.version or ""]
        offered = catalogue.editions(process, observed.installation.images, record.inputs)
        yield (
            f"**Live now:** {code(version)} \N{RIGHTWARDS ARROW} {code(brought)}, "
            f"in {' and '.join(map(inline, offered))}"
        )


def _about(process: Process, record: Record) -> Iterator[str]:
    """What the launch is about beyond its title and its date."""
    told = {*process.identity, process.root.due}
    given = {n: value for n, value in record.inputs.items() if value and n not in told}
    if given:
        pairs = (f"{process.inputs[name].title}: {inline(given[name])}" for name in given)
        yield " \N{MIDDLE DOT} ".join(pairs)


def _row(
    process: Process, observed: Observed, record: Record, progress: Progress, name: str
) -> str:
    cells = [
        messages.phase_title(process, observed, name),
        _SIGN[record.phase(name).gate],
        messages.name(messages.owner(process, observed, name), observed),
        _due(process, observed, record, name),
        f"{progress.done(name)} of {progress.required(name)}",
        _next(process, observed, record, progress, name),
    ]
    return messages.row(cells)


def _due(process: Process, observed: Observed, record: Record, name: str) -> str:
    issue, gate = observed.phases.get(name), record.phase(name).gate
    field = record.fields.get(fields.key(name, fields.DUE))
    day = (field.want if field else "") or (issue.due.isoformat() if issue and issue.due else "")
    if not day:
        return "set when it unlocks" if gate == "locked" and process.phases[name].due else "none"
    if gate == "done" or record.state in _OVER:
        return day
    if gate == "open" and day < observed.today().isoformat():
        return f"**{day} (late)**"
    live = dates.launch_date(process, record)
    return f"**{day} (after the launch date)**" if live and day > live.isoformat() else day


def _next(
    process: Process, observed: Observed, record: Record, progress: Progress, name: str
) -> str:
    gate, phase = record.phase(name).gate, process.phases[name]
    if gate == "done":
        return "finished"
    if record.state in _OVER:
        return "nothing"
    if not expects(process, observed, record, name):
        return (
            f"waits for ~{messages.quoted(phase.label)} on this issue" if phase.label else "later"
        )
    if gate == "locked":
        waits = gates.waits_for(process, record, name)
        return f"waits for {' and '.join(process.phases[wait].title for wait in waits)}"
    if task := progress.next(name):
        return f"`{task.id}` {task.title}"
    return next(iter(progress.missing(name)), "close the issue")


def _title(process: Process, part: str) -> str:
    if named(part):
        return "the documentation"
    return process.phases[part].title if part in process.phases else _PLAIN.get(part, part)


def _ball(process: Process, observed: Observed, record: Record) -> str:
    if record.state == "live":
        return "nobody; the launch is live."
    if record.state == "cancelled":
        return f"nobody; the launch is cancelled{_told(record, 'cancel')}"
    who = messages.name(messages.owner(process, observed, ROOT), observed)
    if record.state == "paused":
        resume = code(f"/{observed.installation.command} resume")
        return f"{who}, with {resume}. The launch is paused{_told(record, 'pause')}"
    if "waiting.partner" in record.deeds:
        return f"the partner{_told(record, 'waiting.partner')}"
    return _next_to_go_live(process, observed, record, who) or _open_phases(
        process, observed, record
    )


def _next_to_go_live(process: Process, observed: Observed, record: Record, who: str) -> str:
    if record.ready is None:
        return ""
    if waits := votes.outstanding(process, record):
        voters = " and ".join(f"**{process.roles[role].title}**" for role in waits)
        head = observed.installation.command
        return f"{voters}: {code(f'/{head} go')} or {code(f'/{head} no-go because ...')}."
    return f"{who}: close this issue to make the launch live."


def _open_phases(process: Process, observed: Observed, record: Record) -> str:
    open_phases = [name for name in process.phases if record.phase(name).gate == "open"]
    progress = Progress.of(process, observed, record)
    able = [name for name in open_phases if not progress.waits(name)]
    holders = (_holder(process, observed, record, name) for name in able or open_phases)
    return " \N{MIDDLE DOT} ".join(holders) + "."


def _told(record: Record, about: str) -> str:
    """Who decided something, and why."""
    deed = record.deeds.get(about)
    why = f": {inline(deed.why)}" if deed and deed.why else "."
    return f" (`{about.partition('.')[0]}` by {code(deed.by)}){why}" if deed else "."


def _holder(process: Process, observed: Observed, record: Record, name: str) -> str:
    phase, title = process.phases[name], messages.phase_title(process, observed, name)
    part = name if expects(process, observed, record, name) else ROOT
    who = messages.name(messages.owner(process, observed, part), observed)
    if part == ROOT:
        return f"{who}: put ~{messages.quoted(str(phase.label))} on this issue to begin {title}"
    return f"{who} ({process.roles[phase.role].title}) with {title}"


def _documentation(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    lines = [f"{line[0].upper()}{line[1:]}" for line in launches.told(process, observed, record)]
    if lines and record.state not in _OVER:
        yield "\n".join(lines)


def _limits(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    lines = [*_unseen(process, observed), *_refusals(process, observed, record)]
    lines += _people(process, observed)
    lines += [] if record.state == "paused" else _labels(process, observed, record)
    lines += _lost_lines(process, observed, record)
    if lines:
        yield f"**What I cannot see or do here:**\n\n{messages.bullets(dict.fromkeys(lines))}"


def _unseen(process: Process, observed: Observed) -> Iterator[str]:
    for part, why in observed.unseen.items():
        title = _title(process, part)
        yield (
            f"I cannot see the issue of **{title}** ({why}). I do not open another one. "
            "Give my user access to it again, and I go on."
        )


def _refusals(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    for name, refusal in record.refused.items():
        part, _, field = name.partition(".")
        if part in observed.gone and field in {fields.GATE, fields.LABEL}:
            continue
        deed = _DEEDS.get(field)
        if deed is None:
            deed, part = "comment on the issue of", refusal.want
        title = _title(process, part)
        then = "Ask again later." if field == fields.REPLY else "I try again tomorrow."
        yield f"I could not {deed} **{title}**: {inline(refusal.why)} {then}"


def _labels(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    for part, gone in observed.gone.items():
        wanted = {process.labels.launch}
        if part in process.phases:
            wanted.add(fields.gate_label(process, record.phase(part).gate))
        if lost := sorted(gone & wanted):
            yield messages.label_gone(_title(process, part), lost)


def _people(process: Process, observed: Observed) -> Iterator[str]:
    places: tuple[Root | Phase, ...] = (process.root, *process.phases.values())
    for project in dict.fromkeys(place.project for place in places):
        if project in observed.installation.hidden:
            yield (
                f"GitLab does not show me the project that `launchbot.yml` calls `{project}`. "
                "Correct it there, or make me a member with the Reporter role."
            )
    for username in observed.installation.unknown:
        yield (
            f"GitLab shows me no user `{username}`; whoever runs Launchbot should correct "
            "`roles:` in `launchbot.yml`."
        )
    roles = (process.root.role, *(phase.role for phase in process.phases.values()))
    for role in dict.fromkeys(roles):
        if observed.holder(role) is None:
            yield f"Nobody holds the role **{process.roles[role].title}**."


def _lost_lines(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    for name, issue in observed.phases.items():
        boxes = checklists.read(issue.description)
        lost = [task.id for task in process.phases[name].walk() if task.id not in boxes]
        if lost and record.phase(name).gate != "done":
            tasks = ", ".join(f"`{task}`" for task in lost)
            yield f"In **{process.phases[name].title}** I find no line with a box for {tasks}."
