"""The one writer: carries out the actions of a plan, one at a time, each at most once.

It decides nothing: what it does stands in the plan. `issues` and `notes` know how each action
is done in GitLab. What GitLab refuses, also silently, comes back as refusals.
"""

from collections.abc import Callable
from typing import assert_never

from bot.domain import fields
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
from bot.domain.errors import PermanentError
from bot.domain.markers import Keyring
from bot.domain.observed import Observed
from bot.domain.process import ROOT
from bot.gitlab.client import Client, NotAllowed, NotVisible
from bot.gitlab.commits import Commits
from bot.gitlab.find import Finder
from bot.gitlab.issues import Issues
from bot.gitlab.notes import Notes
from bot.gitlab.requests import Requests
from bot.gitlab.standing import Conflict, Outcome, Standing


class Writer:
    """Applies plans."""

    def __init__(self, client: Client, finder: Finder, keyring: Keyring) -> None:
        self._client = client
        self._finder = finder
        self._keyring = keyring

    def apply(
        self,
        observed: Observed,
        plan: Plan,
        done: Callable[[Action], None] = lambda _action: None,
    ) -> Outcome:
        """Carry out a plan; stops where the rest would build on what was refused.

        `done` hears of each action that was carried out, and not refused, as soon as it was;
        an issue counts once it is open, whatever it lacks.

        Raises:
            Conflict: The record has moved on since it was observed, or something has gone.
            TransientError: GitLab could not be reached, or the answer to a write was lost.
            PermanentError: The bot may not write its own notes.
        """
        standing = Standing(observed)
        work = _Work(
            standing,
            Issues(self._client, self._finder, self._keyring, standing),
            Notes(self._client, self._finder, self._keyring, standing),
            Requests(self._client, self._keyring, standing),
            Commits(self._client, self._keyring, standing),
        )
        try:
            for action in plan.actions:
                if work.may(action) and work.do(action):
                    done(action)
        except NotAllowed as problem:
            raise PermanentError(f"the bot cannot keep its notes: {problem.why}") from problem
        except NotVisible as problem:
            raise Conflict(f"something has gone meanwhile: {problem}") from problem
        return standing.outcome()


class _Work:
    """The carrying out of one plan."""

    def __init__(
        self,
        standing: Standing,
        issues: Issues,
        notes: Notes,
        requests: Requests,
        commits: Commits,
    ) -> None:
        self._commits = commits
        self._requests = requests
        self._standing = standing
        self._issues = issues
        self._notes = notes

    def may(self, action: Action) -> bool:  # noqa: PLR0911 -- one for each kind
        """Whether what an action builds on is there; all of a start builds on its root."""
        there, refusals = self._standing.issues, self._standing.refusals
        if any(refusal.key == fields.key(ROOT, fields.CREATE) for refusal in refusals):
            return False
        match action:
            case CreateIssue(part=part):
                return part == ROOT or ROOT in there
            case LinkIssues(part=part):
                return part in there and ROOT in there
            case WriteStatus(settles=True) if refusals:
                return False
            case KeepDefinition() | WriteStatus():
                return ROOT in there
            case ChangeIssue(part=part):
                return part in there
            case PostNote(part=part) | React(part=part):
                return self._standing.item(part) is not None
            case _:
                return not (isinstance(action, StartPipeline) and refusals)

    def do(self, action: Action) -> bool:
        """Carry out one action; whether it was done, be it that a new issue lacks a field."""
        before = len(self._standing.refusals)
        self._do(action)
        if isinstance(action, CreateIssue):
            return action.part in self._standing.issues
        return len(self._standing.refusals) == before

    def _do(self, action: Action) -> None:
        match action:
            case CreateIssue():
                self._issues.create(action)
            case ChangeIssue():
                self._issues.change(action)
            case LinkIssues():
                self._issues.link(action)
            case PostNote():
                self._notes.say(action)
            case React():
                self._notes.react(action)
            case KeepDefinition():
                self._notes.keep_definition(action)
            case WriteStatus():
                self._notes.write_status(action)
            case CommentOnCommit():
                self._commits.say(action)
            case _:
                self._document(action)

    def _document(self, action: Documents) -> None:
        match action:
            case SetMergeAfter():
                self._requests.hold(action)
            case KeepVerdict():
                self._requests.keep_verdict(action)
            case StartPipeline():
                self._requests.start_pipeline(action)
            case _:
                assert_never(action)
