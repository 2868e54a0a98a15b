"""A launch's world in memory: what a GitLab would hold, for tests of the pure planner.

It follows the contracts in `bot.domain.actions`; it knows nothing of HTTP.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from textwrap import fill
from typing import Any, assert_never

from bot.domain import checklists
from bot.domain.actions import (
    Action,
    ChangeIssue,
    CommentOnCommit,
    CreateIssue,
    Documents,
    KeepDefinition,
    KeepVerdict,
    LinkIssues,
    Plan,
    PostNote,
    React,
    SetMergeAfter,
    StartPipeline,
    WriteStatus,
)
from bot.domain.alignment import linked as documents
from bot.domain.alignment.linked import Linked, Pipeline
from bot.domain.calendars import BusinessDays
from bot.domain.catalogue import Image
from bot.domain.checklists import Box
from bot.domain.commands.command import MergeRequest
from bot.domain.configuration import Calendar
from bot.domain.observed import (
    Comment,
    Installation,
    Issue,
    Member,
    Note,
    Observed,
    Person,
    Refusal,
    Status,
)
from bot.domain.planner import plan
from bot.domain.process import ROOT, Process
from bot.domain.record import Holder, Place, Record
from bot.domain.rendering import resolve

ALICE, BOB, CAROL, DAVE = (
    Person(1, "alice"),
    Person(2, "bob"),
    Person(3, "carol"),
    Person(4, "dave"),
)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REQUEST_TEXT = "### Partner\n\nAcme Cloud\n\n### Launch date\n\n2026-06-01\n"


def task(name: str, **more: Any) -> dict[str, Any]:
    """A task of a definition."""
    return {"id": name, "title": f"Do {name}", "done_when": f"{name} is there", **more}


def definition(**phases: Mapping[str, Any]) -> dict[str, Any]:
    """A small process: scope, then build and tell side by side; `phases` change single keys."""
    base: dict[str, dict[str, Any]] = {
        "scope": {
            "role": "sales",
            "due": {"business_days": 10, "after": "opening"},
            "tasks": [task("talk"), task("papers"), task("call", optional="if asked for")],
        },
        "build": {
            "role": "makers",
            "project": "factory",
            "after": ["scope"],
            "due": {"business_days": 5, "before": "launch"},
            "tasks": [task("bake", tasks=[task("oven")]), task("upload", needs=["words"])],
        },
        "tell": {
            "role": "writers",
            "project": "press",
            "after": ["scope"],
            "tasks": [task("words"), task("blog")],
        },
    }
    return {
        "name": "small",
        "title": "Small process",
        "roles": {
            "sales": {"title": "Sales"},
            "makers": {"title": "Makers"},
            "writers": {"title": "Writers"},
        },
        "inputs": {
            "partner": {"title": "Partner", "example": "Acme"},
            "launch_date": {"title": "Launch date", "example": "2026-06-01", "type": "date"},
        },
        "identity": ["partner"],
        "labels": {
            "request": "ask",
            "launch": "run",
            "gate": {"locked": "g::locked", "open": "g::open", "done": "g::done"},
        },
        "root": {
            "title": "Small: {{ partner }}",
            "role": "sales",
            "project": "office",
            "template": "root.md.j2",
            "due": "launch_date",
        },
        "phases": {
            name: {
                "title": name.capitalize(),
                "project": "office",
                "template": "phase.md.j2",
                "done_when": "all is done",
                **phase,
                **phases.get(name, {}),
            }
            for name, phase in base.items()
        },
        "texts": {
            "root.md.j2": "For {{ partner }}. {% for p in phases %}{{ p.title }} {% endfor %}",
            "phase.md.j2": "{{ phase.title }} of {{ root }}\n\n{{ tasks }}",
        },
    }


def process(**phases: Mapping[str, Any]) -> Process:
    """The small process."""
    return Process.model_validate(definition(**phases))


def _ticked(text: str, boxes: Iterable[tuple[str, Box]]) -> str:
    for name, box in boxes:
        text = checklists.mark(text, name, box)
    return text


def folded(text: str) -> str:
    """A text with its long lines folded, to be read in a test."""
    lines = (fill(line, 94, break_long_words=False) for line in text.split("\n"))
    return "\n".join(lines)


@dataclass
class World:
    """Issues, links and notes of one launch; people and the bot change them."""

    process: Process
    now: datetime = MONDAY
    people: dict[str, tuple[Person, ...]] = field(
        default_factory=lambda: {"sales": (ALICE,), "makers": (BOB,), "writers": (CAROL,)}
    )
    issues: dict[str, Issue] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)
    notes: dict[tuple[str, str], Note] = field(default_factory=dict)
    status: Status | None = None
    definition: str | None = None
    hidden: set[str] = field(default_factory=set)
    rival: Issue | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    unknown: tuple[str, ...] = ()
    projects: dict[str, int] = field(
        default_factory=lambda: {"office": 1, "factory": 2, "press": 3}
    )
    concealed: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    copy: Record | None = None
    gone: dict[int, set[str]] = field(
        default_factory=lambda: {9: {"run", "g::locked", "g::open", "g::done"}}
    )
    resumed: bool = False
    comments: dict[str, list[Comment]] = field(default_factory=dict)
    reactions: list[tuple[int, str]] = field(default_factory=list)
    members: dict[int, Member] = field(
        default_factory=lambda: {p.id: Member(30) for p in (ALICE, BOB, CAROL, DAVE)}
    )
    hands: dict[str, Person] = field(default_factory=dict)
    stand_ins: dict[str, Holder] = field(default_factory=dict)
    since: datetime | None = None
    homes: dict[str, int] = field(default_factory=dict)
    docs: dict[str, Linked] = field(default_factory=dict)
    pipelines: int = 0
    requests: dict[str, Place] = field(default_factory=dict)
    others: tuple[Process, ...] = ()

    def request(self, text: str = REQUEST_TEXT, **more: Any) -> "World":
        """Somebody files a request."""
        self.issues["request"] = self._issue("request", text, labels=frozenset({"ask"}), **more)
        return self

    def observe(self) -> Observed:
        """What the reader would see."""
        shown = {name: issue for name, issue in self.issues.items() if name not in self.hidden}
        return Observed(
            now=self.now,
            launch="i900",
            installation=Installation(
                self.projects,
                self.people,
                BusinessDays(Calendar()),
                self.unknown,
                self.concealed,
                images=self.images,
                stand_ins=self.stand_ins,
            ),
            request=shown.get("request"),
            root=shown.get(ROOT),
            phases={n: i for n, i in shown.items() if n in self.process.phases},
            unseen=dict.fromkeys(self.hidden, "GitLab does not show it to me"),
            linked=frozenset(self.linked),
            status=self.status,
            said={key: note for (part, key), note in self.notes.items() if part in self._told()},
            rival=self.rival,
            refusals=self.refusals,
            copy=self.copy,
            gone=self._gone(shown),
            resumed=self.resumed,
            comments={part: tuple(said) for part, said in self.comments.items()},
            answered=frozenset(key for _, key in self.notes if key.startswith("answer.")),
            members={(part, n): m for part in shown for n, m in self.members.items()},
            requests={
                ("root", MergeRequest(place.iid, path)): place
                for path, place in self.requests.items()
            },
            named={person.username: person for person in (ALICE, BOB, CAROL, DAVE)},
            hands=self.hands,
            processes={other.name: other for other in (self.process, *self.others)},
            read_at=self.now,
            since=self.since,
            docs=dict(self.docs),
        )

    def say(self, part: str, person: Person, body: str, *, internal: bool = False) -> "World":
        """Somebody comments on an issue, a minute after what was before."""
        self.now += timedelta(minutes=1)
        number = 500 + sum(map(len, self.comments.values()))
        comment = Comment(number, person, self.now, self.now, body, internal)
        self.comments.setdefault(part, []).append(comment)
        return self

    def rewrite(self, part: str, body: str) -> "World":
        """Somebody edits the newest comment on an issue."""
        self.now += timedelta(minutes=1)
        old = self.comments[part][-1]
        self.comments[part][-1] = replace(old, body=body, updated_at=self.now)
        return self

    def plan(self) -> Plan:
        """What the bot would do now."""
        request = self.issues.get("request")
        asks = request is None or "ask" in request.labels or ROOT in self.issues
        return plan(self.process if asks else None, self.observe())

    def settle(self) -> "World":
        """Let the bot work until it has nothing to do; at most four rounds."""
        for _ in range(4):
            wanted = self.plan()
            if not wanted.actions:
                return self
            self.refusals = self.apply(wanted.actions)
        assert not self.plan().actions
        return self

    def apply(self, actions: Iterable[Action]) -> tuple[Refusal, ...]:
        """Carry out actions as their contracts say; what was refused comes back."""
        refusals: list[Refusal] = []
        record = self.found()
        self.homes = {part: place.project for part, place in record.parts.items()} if record else {}
        for action in actions:
            if not (isinstance(action, WriteStatus) and action.settles and refusals):
                refusals += self._do(action)
        return tuple(refusals)

    def tick(self, *tasks: str, box: str = "x") -> "World":
        """Somebody ticks tasks, by id; with a box of " " they untick them."""
        for name in tasks:
            part = self.process.tasks()[name].phase
            text = self.issues[part].description
            for old in " x~":
                text = text.replace(f"[{old}] `{name}`", f"[{box}] `{name}`")
            self.edit(part, description=text)
        return self

    def finish(self, phase: str) -> "World":
        """Somebody ticks every task of a phase and closes it."""
        self.tick(*(item.id for item in self.process.phases[phase].walk()))
        return self.edit(phase, closed=True)

    def edit(self, part: str, **changes: Any) -> "World":
        """Somebody changes an issue."""
        self.issues[part] = replace(self.issues[part], **changes)
        return self

    def relabel(self, part: str, *labels: str) -> "World":
        """Somebody sets exactly these gate labels."""
        others = {label for label in self.issues[part].labels if not label.startswith("g::")}
        return self.edit(part, labels=frozenset(others | set(labels)))

    def move(self, part: str, project: int) -> "World":
        """Somebody moves an issue: it has another number there, and the labels that are there."""
        issue = self.issues[part]
        number, labels = issue.id + 1000, issue.labels - self.gone.get(project, set())
        return self.edit(part, id=number, iid=number, project=project, labels=labels)

    def lose(self, *labels: str, project: int) -> "World":
        """Somebody removes labels from a project; GitLab takes them off its issues."""
        self.gone.setdefault(project, set()).update(labels)
        for part, issue in self.issues.items():
            if issue.project == project:
                self.edit(part, labels=issue.labels - {*labels})
        return self

    def forget(self) -> "World":
        """Somebody deletes the status note."""
        self.status = None
        return self

    def spoil(self) -> "World":
        """Somebody edits the status note, so that its record is no longer signed."""
        if self.status:
            self.status = replace(self.status, text="Mine!", record=None)
        return self

    def remember(self) -> "World":
        """The local database keeps a copy of the record."""
        self.copy = self.status.record if self.status else None
        return self

    def resume(self) -> "World":
        """Whoever runs the bot ends the pause, and lets it work."""
        self.resumed = True
        self.settle()
        self.resumed = False
        return self

    def wait(self, days: int) -> "World":
        """Days pass."""
        self.now += timedelta(days=days)
        return self

    def gates(self) -> dict[str, str]:
        """The gate of each phase by the record."""
        return {name: self.record().phase(name).gate for name in self.process.phases}

    def labels(self, part: str) -> set[str]:
        """The gate labels that an issue bears."""
        return {label for label in self.issues[part].labels if label.startswith("g::")}

    def record(self) -> Record:
        """The record in the status note."""
        assert self.status is not None
        assert self.status.record is not None
        return self.status.record

    def found(self) -> Record | None:
        """The record that the reader would find: in the status note, or the newer copy."""
        known = [self.status.record if self.status else None, self.copy]
        return max(
            (record for record in known if record),
            key=lambda record: record.revision,
            default=None,
        )

    def said(self, part: str) -> list[str]:
        """The comments of the bot on an issue, in order."""
        return [note.text for (on, _), note in self.notes.items() if on == part]

    def keys(self, part: str) -> list[str]:
        """The keys of the comments of the bot on an issue, in order."""
        return [key for on, key in self.notes if on == part]

    def _told(self) -> set[str]:
        """The issues on which the reader looks for what was said."""
        root = self.issues.get(ROOT)
        return {ROOT} if root and root.moved else {"request"}

    def _gone(self, shown: Mapping[str, Issue]) -> dict[str, frozenset[str]]:
        """What the reader would tell of labels that an issue lacks because its project does."""
        record = self.found()
        places = record.parts if record else {}
        gates = {p: f"g::{record.phase(p).gate}" for p in self.process.phases} if record else {}
        lost = {
            part: frozenset({"run", gates.get(part, "run")} - issue.labels)
            & self.gone.get(issue.project, set())
            for part, issue in shown.items()
            if part != "request" and part in places and places[part].project == issue.project
        }
        return {part: labels for part, labels in lost.items() if labels}

    def _do(self, action: Action) -> list[Refusal]:
        match action:
            case CreateIssue():
                return self._create(action)
            case ChangeIssue():
                return self._change(action)
            case LinkIssues(part=part):
                return self._link(part)
            case PostNote():
                return self._post(action)
            case React():
                self.reactions.append((action.note, action.emoji))
            case KeepDefinition(text=text):
                self.definition = self.definition or text
            case WriteStatus():
                self._write(action)
            case CommentOnCommit():
                raise AssertionError("a launch does not comment on commits")
            case _:
                return self._document(action)
        return []

    def _document(self, action: Documents) -> list[Refusal]:
        name = action.request.partition(":")[2]
        linked = self.docs[name]
        match action:
            case SetMergeAfter(until=until):
                key = f"{action.request}.hold"
                if why := self.refuse.get(key):
                    return [Refusal(key, until.isoformat(), why)]
                linked = replace(linked, request=replace(linked.request, merge_after=until))
            case KeepVerdict(text=text, verdict=verdict):
                key = f"{action.request}.verdict"
                if why := self.refuse.get(key):
                    return [Refusal(key, verdict.key(), why)]
                shown = resolve(text, self._addresses())
                linked = replace(
                    linked, comment=documents.Comment(7, "i900", shown, verdict, self.now)
                )
            case StartPipeline(key=wanted):
                key = f"{action.request}.check"
                if why := self.refuse.get(key):
                    return [Refusal(key, wanted, why)]
                self.pipelines += 1
                linked = replace(linked, pipeline=Pipeline(self.now, None))
            case _:
                assert_never(action)
        self.docs[name] = linked
        return []

    def _create(self, action: CreateIssue) -> list[Refusal]:
        if why := self.refuse.get(f"{action.part}.create"):
            return [Refusal(f"{action.part}.create", action.part, why)]
        if action.part in self.hidden:
            return [Refusal(f"{action.part}.create", action.part, "404 Project Not Found")]
        if action.part in self.issues or (action.part != ROOT and ROOT not in self.issues):
            return []
        self.gone.pop(action.project, None)
        dropped = self._dropped(action.part, action.assignee)
        self.issues[action.part] = self._issue(
            action.part,
            resolve(action.text, self._addresses()),
            project=action.project,
            title=action.title,
            labels=frozenset(action.labels),
            assignees=(action.assignee,) if action.assignee and not dropped else (),
            due=action.due,
            confidential=action.confidential,
        )
        return dropped

    def _change(self, action: ChangeIssue) -> list[Refusal]:
        issue, hidden = self.issues[action.part], f"{action.part}.confidential"
        if action.confidential and hidden in self.refuse:
            return [Refusal(hidden, "yes", self.refuse[hidden])]
        if self._is_new_home(action.part):
            self.gone.pop(issue.project, None)
        if lacking := {*action.add_labels} & self.gone.get(issue.project, set()):
            names = (f"{action.part}.gate", f"{action.part}.label")
            return [Refusal(name, label, "No label.") for label in lacking for name in names]
        dropped = self._dropped(action.part, action.assignee)
        self.edit(
            action.part,
            labels=(issue.labels - {*action.remove_labels}) | {*action.add_labels},
            due=action.due or issue.due,
            closed=issue.closed if action.state is None else action.state == "closed",
            confidential=issue.confidential or bool(action.confidential),
            assignees=(action.assignee,) if action.assignee and not dropped else issue.assignees,
            description=_ticked(issue.description, action.boxes),
        )
        return dropped

    def _is_new_home(self, part: str) -> bool:
        """Whether an issue was moved since the record was written that the plan began with."""
        project = self.issues[part].project
        return self.homes.get(part, project) != project

    def _dropped(self, part: str, person: Person | None) -> list[Refusal]:
        why = self.refuse.get(f"{part}.assignee")
        return [Refusal(f"{part}.assignee", str(person.id), why)] if person and why else []

    def _link(self, part: str) -> list[Refusal]:
        if why := self.refuse.get(f"{part}.link"):
            return [Refusal(f"{part}.link", "yes", why)]
        if part in self.issues and ROOT in self.issues:
            self.linked.add(part)
        return []

    def _post(self, action: PostNote) -> list[Refusal]:
        if action.part not in self.issues:
            return []
        if why := self.refuse.get(action.key):
            return [Refusal(action.key, action.part, why)]
        key, text = (action.part, action.key), resolve(action.text, self._addresses())
        if "]()" not in text and (key not in self.notes or action.note is not None):
            self.notes[key] = Note(action.note or len(self.notes) + 1, text)
        return []

    def _write(self, action: WriteStatus) -> None:
        if ROOT not in self.issues:
            return
        places = {
            part: Place(id=issue.id, project=issue.project, iid=issue.iid)
            for part, issue in self.issues.items()
            if part not in self.hidden
        }
        known = self.found()
        revision = (known.revision if known else 0) + 1
        record = action.record.model_copy(
            update={"revision": revision, "parts": {**places, **action.record.parts}}
        )
        self.status = Status(77, resolve(action.text, self._addresses()), record)

    def _addresses(self) -> dict[str, str]:
        addresses = {name: issue.url for name, issue in self.issues.items()}
        return {**addresses, **({"rival": self.rival.url} if self.rival else {})}

    def _issue(self, part: str, text: str, **more: Any) -> Issue:
        number = {"request": 900, ROOT: 901}.get(part) or 902 + list(self.process.phases).index(
            part
        )
        values: dict[str, Any] = {
            "project": 1,
            "title": part,
            "closed": False,
            "labels": frozenset(),
            "assignees": (),
            "due": None,
            "confidential": False,
            "author": 50,
            "created_at": self.now,
            "url": f"https://gitlab.test/{part}",
            **more,
        }
        return Issue(id=number, iid=number, description=text, **values)
