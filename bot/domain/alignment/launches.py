"""A launch and its documentation: which merge requests belong to it, and what they lack.

Reads what was seen and what is remembered; it must not decide what to write.
"""

from collections.abc import Iterator

from bot.domain import checklists, dates
from bot.domain.alignment.facts import Case, Launch
from bot.domain.alignment.linked import How, Linked
from bot.domain.alignment.rules import RULES
from bot.domain.alignment.verdict import judge
from bot.domain.observed import Observed
from bot.domain.process import ROOT, Documentation, Process
from bot.domain.record import Aim, Record
from bot.domain.rendering import token

_NONE = (
    "the documentation: no merge request is linked. Name this launch in its description: "
    f"`Launch: {token(ROOT)}`"
)


def link(process: Process, observed: Observed, record: Record) -> Record:
    """The record with the merge requests that belong to the launch now."""
    if process.documentation is None:
        return record
    project = observed.installation.projects.get(process.documentation.project)
    kept = {name: how for name, how in record.docs.items() if _stays(observed, name, how)}
    new: dict[str, How] = {
        name: "reference"
        for name, linked in observed.docs.items()
        if linked.request.project == project and observed.launch in linked.request.launches
    }
    return record.model_copy(update={"docs": {**new, **kept}})


def _stays(observed: Observed, name: str, how: How) -> bool:
    """A reference holds as long as it stands there; what GitLab does not show is not let go."""
    linked = observed.docs.get(name)
    return how == "command" or linked is None or observed.launch in linked.request.launches


def aim(process: Process, record: Record) -> Record:
    """The record with its day and state for the documentation, counted when they change."""
    if process.documentation is None:
        return record
    day = dates.launch_date(process, record)
    now = (day.isoformat() if day else "", record.state)
    before = record.aim
    if before and (before.day, before.state) == now:
        return record
    count = before.revision + 1 if before else 1
    return record.model_copy(update={"aim": Aim(day=now[0], state=now[1], revision=count)})


def cases(process: Process, observed: Observed, record: Record) -> dict[str, Case]:
    """The merge requests that count, each as a case; one that was closed does not count."""
    documentation = process.documentation
    if documentation is None:
        return {}
    launch = _launch(process, documentation, observed, record)
    return {
        name: Case(documentation, launch, linked.request, observed.installation.days, observed.now)
        for name in record.docs
        if (linked := observed.docs.get(name)) and linked.request.state != "closed"
    }


def _launch(
    process: Process, documentation: Documentation, observed: Observed, record: Record
) -> Launch:
    told = [documentation.section, *documentation.secrets]
    writers = observed.installation.people.get(documentation.reviewers, ())
    return Launch(
        id=record.launch,
        revision=record.aim.revision if record.aim else 1,
        state=record.state,
        day=dates.launch_date(process, record),
        partner=record.inputs.get(documentation.section, ""),
        confidential=observed.root is not None and observed.root.confidential,
        secrets=tuple(value for name in told if (value := record.inputs.get(name, ""))),
        lacking=tuple(_lacking(process, documentation, observed, record)),
        writers=frozenset(person.id for person in writers),
    )


def _lacking(
    process: Process, documentation: Documentation, observed: Observed, record: Record
) -> Iterator[str]:
    tasks = process.tasks()
    for name in documentation.needs:
        phase = tasks[name].phase if name in tasks else ""
        issue = observed.phases.get(phase)
        box = checklists.read(issue.description).get(name) if issue else None
        if name in tasks and box != "done" and record.phase(phase).gate != "done":
            yield name


def unready(process: Process, observed: Observed, record: Record, phase: str) -> Iterator[str]:
    """What the documentation lacks before this phase can be done, a line each."""
    if process.documentation is None or process.documentation.phase != phase:
        return
    found = cases(process, observed, record)
    for name, case in found.items():
        for result in judge(case).unready():
            told = result.why or RULES[result.rule].asks
            yield f"{title(observed.docs[name])}: {told}"
    for name in record.docs.keys() - observed.docs.keys():
        yield f"the documentation: GitLab does not show me the merge request {_shown(name)}"
    if not found:
        yield _NONE


def untimely(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    """What the documentation lacks before the launch can be live, a line each."""
    if process.documentation is None or f"close.{process.documentation.phase}" in record.deeds:
        return
    found = cases(process, observed, record)
    for name, case in found.items():
        if case.request.state != "merged":
            yield f"{title(observed.docs[name])} is not merged"
            continue
        for result in judge(case).untimely():
            told = result.why or RULES[result.rule].asks
            yield f"{title(observed.docs[name])}: {told}"
    if not found:
        yield _NONE


def title(linked: Linked) -> str:
    """A merge request in a text of ours."""
    request = linked.request
    return f"the documentation ([merge request {request.iid}]({request.url}))"


def _shown(name: str) -> str:
    project, _, iid = name.partition(":")
    return f"{iid} of project {project}"


def told(process: Process, observed: Observed, record: Record) -> Iterator[str]:
    """How the documentation stands, a line for each merge request, for the overview."""
    if process.documentation is None:
        return
    found = cases(process, observed, record)
    for name, case in found.items():
        verdict = judge(case)
        failing = ", ".join(f"`{r.rule}`" for r in verdict.results if r.outcome == "fails")
        waiting = ", ".join(f"`{r.rule}`" for r in verdict.unready() if r.outcome == "waits")
        state = f"not aligned ({failing})" if failing else "aligned"
        later = f"; still to come: {waiting}" if waiting else ""
        merged = "merged, " if case.request.state == "merged" else ""
        yield f"{title(observed.docs[name])}: {merged}{state}{later}."
    if not found:
        yield f"{_NONE}."
