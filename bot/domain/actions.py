"""What to change: the actions of a plan, each with its reason.

What apply does is described entirely by these values. Issues are named by their part of the
launch (`root`, `request`, or the phase), so that a plan can speak of an issue it creates itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias, assert_never

from bot.domain.alignment.verdict import Verdict
from bot.domain.checklists import Box
from bot.domain.observed import Person, Tag
from bot.domain.record import Record
from bot.domain.rendering import without_links


@dataclass(frozen=True, slots=True)
class CreateIssue:
    """Open the issue of a part, unless one with its marker stands there already.

    `known_labels` are those that the project has to have from now on: the ones that the issue
    will ever bear. One that is gone later was taken away by somebody.
    """

    part: str
    project: int
    title: str
    text: str
    labels: tuple[str, ...]
    known_labels: frozenset[str]
    assignee: Person | None
    due: date | None
    confidential: bool
    identity: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeIssue:
    """Set fields of an issue, and boxes of tasks in its text; None leaves a field as it is.

    A label that the project does not have is refused, and not created; but for an issue that was
    moved there, whose `known_labels` the project has to have from now on.
    """

    part: str
    reason: str
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    assignee: Person | None = None
    due: date | None = None
    state: Literal["opened", "closed"] | None = None
    confidential: Literal[True] | None = None
    boxes: tuple[tuple[str, Box], ...] = ()
    known_labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LinkIssues:
    """Relate the issue of a part to the root issue."""

    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class PostNote:
    """Comment on the issue of a part, once for each key; with `note`, edit that comment.

    With `reply_to`, in the thread of somebody's comment, if that is still there.
    Not while the text links to an issue of the launch that could not be opened.
    """

    part: str
    key: str
    text: str
    reason: str
    note: int | None = None
    mentions: tuple[str, ...] = ()
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class React:
    """Put an emoji on somebody's comment, if it is still there."""

    part: str
    note: int
    emoji: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeepDefinition:
    """Keep the compiled definition that the launch runs by, in a note of its own on the root."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class WriteStatus:
    """Write the status note: the overview for people, and the record hidden in it.

    `settles` marks the last write of a plan: it holds only if everything before it did.
    """

    text: str
    record: Record
    reason: str
    settles: bool = False


@dataclass(frozen=True, slots=True)
class SetMergeAfter:
    """Let GitLab hold a documentation merge request until a moment.

    `request` is its part, `mr:<project>:<number>`, here and in the actions below.
    """

    request: str
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class KeepVerdict:
    """Keep the one comment with the verdict on a merge request; with `note`, edit that one."""

    request: str
    text: str
    verdict: Verdict
    reason: str
    note: int | None = None


@dataclass(frozen=True, slots=True)
class StartPipeline:
    """Start a merge request pipeline, so that the check reads the verdict `key`."""

    request: str
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class CommentOnCommit:
    """Comment on the commit of a tag that starts no launch."""

    tag: Tag
    text: str
    reason: str


Issues: TypeAlias = (
    CreateIssue | ChangeIssue | LinkIssues | PostNote | React | KeepDefinition | WriteStatus
)
Documents: TypeAlias = SetMergeAfter | KeepVerdict | StartPipeline
Action: TypeAlias = Issues | Documents | CommentOnCommit


@dataclass(frozen=True, slots=True)
class Successor:
    """The launch that follows a cancelled one from the same request, by project and number.

    Comments of before `since` are not for it.
    """

    launch: str
    request: tuple[int, int]
    since: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The actions that bring a launch to what it should be, in order.

    `wake_at` is when to look again without any event; `blocked` says why nothing may be done.
    `again` asks to look again at once, because what is done has consequences of its own.
    `overtakes` are launches that have to look at themselves, because this one supersedes them.
    `why_not` says why a release does not start this launch.
    """

    actions: tuple[Action, ...] = ()
    wake_at: datetime | None = None
    blocked: str | None = None
    again: bool = False
    successor: Successor | None = None
    overtakes: tuple[str, ...] = ()
    why_not: str = ""

    def describe(self) -> str:
        """The plan for people: a line for each action, and whom it notifies."""
        if self.blocked:
            return f"blocked: {self.blocked}"
        lines = [
            f"{line}\n    because {action.reason}"
            for line, action in zip(self.lines(), self.actions, strict=True)
        ]
        nothing = f"starts nothing: {self.why_not}" if self.why_not else "nothing to do"
        return "\n".join(lines) or nothing

    def lines(self) -> list[str]:
        """What each action does, in a line; the text of people in it may be confidential."""
        return [f"{_shown(action)}{_words(action)}" for action in self.actions]

    def notifies(self) -> tuple[str, ...]:
        """User names of the people whom GitLab will notify of it, each once, in order."""
        return tuple(dict.fromkeys(name for action in self.actions for name in _notified(action)))


def describe(action: Action) -> str:  # noqa: PLR0911 -- one line for each kind of action
    """One line on what an action does, without text and date: the launch may be confidential."""
    match action:
        case CreateIssue():
            return f"open the {action.part} issue in project {action.project}"
        case ChangeIssue():
            return f"change the {action.part} issue: {', '.join(_changes(action))}"
        case LinkIssues():
            return f"link the {action.part} issue to the root issue"
        case PostNote():
            return f"{_shown(action)} ({action.key})"
        case React():
            return f"react to a comment on the {action.part} issue with :{action.emoji}:"
        case KeepDefinition():
            return "keep the definition in a note on the root issue"
        case WriteStatus():
            return "record that all of it is done" if action.settles else "write the status note"
        case CommentOnCommit(tag=tag):
            return f"comment on the commit of the tag {tag.name} in project {tag.project}"
        case _:
            return _describe_documents(action)


def _shown(action: Action) -> str:
    """The same for people who are shown the text, too: the key of a comment tells them nothing."""
    if not isinstance(action, PostNote):
        return describe(action)
    verb = "comment on" if action.note is None else "edit the comment on"
    return f"{'reply on' if action.reply_to else verb} the {action.part} issue"


def _describe_documents(action: Documents) -> str:
    match action:
        case SetMergeAfter(request=request):
            return f"let GitLab hold the merge request {request}"
        case KeepVerdict(request=request, note=note):
            verb = "write" if note is None else "edit"
            return f"{verb} the verdict on the merge request {request}"
        case StartPipeline(request=request):
            return f"start a pipeline of the merge request {request}"
        case _:
            assert_never(action)


def _words(action: Action) -> str:
    """The text that people will read of an action, shortened; it may be confidential."""
    match action:
        case CreateIssue():
            return f": {action.title}"
        case PostNote() | CommentOnCommit():
            return f": {without_links(action.text.splitlines()[0])}"
        case ChangeIssue(due=date() as due):
            return f": {due}"
        case SetMergeAfter(until=until):
            return f": until {until:%Y-%m-%d %H:%M} UTC"
        case KeepVerdict(verdict=verdict):
            return f": {'aligned' if verdict.is_aligned() else 'not aligned'}"
        case _:
            return ""


def _changes(action: ChangeIssue) -> Iterator[str]:
    yield from (f"add the label {label}" for label in action.add_labels)
    yield from (f"remove the label {label}" for label in action.remove_labels)
    if action.assignee:
        yield f"assign {action.assignee.username}"
    yield from (f"mark the box of {task} as {box}" for task, box in action.boxes)
    if action.state:
        yield {"opened": "reopen", "closed": "close"}[action.state]
    if action.confidential:
        yield "make confidential"
    if action.due:
        yield "set the due date"


def _notified(action: Action) -> Iterable[str]:
    match action:
        case CreateIssue(assignee=Person() as person) | ChangeIssue(assignee=Person() as person):
            return (person.username,)
        case PostNote():
            return action.mentions
        case _:
            return ()
