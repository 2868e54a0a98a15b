"""How a launch stands while a plan is carried out, and what comes of it in the end.

Values only: shared by those who write, and it writes nothing itself.
"""

from dataclasses import dataclass, field

from bot.domain.alignment.linked import named
from bot.domain.errors import TransientError
from bot.domain.observed import Issue, Observed, Refusal
from bot.domain.process import ROOT
from bot.domain.record import Record
from bot.gitlab.documents import request_path
from bot.gitlab.find import issue_path


class Conflict(TransientError):  # noqa: N818 - GitLab's word for it
    """Something moved between reading and writing: observe and plan again at once."""

    def __init__(self, what: str) -> None:
        super().__init__(what, retry_after=0.0)


@dataclass(frozen=True, slots=True)
class Item:
    """An issue or a merge request: where the API has it, and its global id."""

    path: str
    id: int


@dataclass(slots=True)
class Outcome:
    """What came of a plan: where the launch stands now, and what was refused."""

    root: tuple[int, int] | None = None
    status: int | None = None
    record: Record | None = None
    refusals: list[Refusal] = field(default_factory=list)


class Standing:
    """What is known of a launch: what was observed, and what has been written since."""

    def __init__(self, observed: Observed) -> None:
        self.observed = observed
        self.status = observed.status if observed.status and observed.status.record else None
        self.record = observed.record()
        self.issues: dict[str, Issue] = {
            part: issue
            for part in (ROOT, "request", *observed.phases)
            if (issue := observed.issue(part))
        }
        self.refusals: list[Refusal] = []

    def refuse(self, key: str, want: str, why: str) -> None:
        """GitLab did not do something."""
        self.refusals.append(Refusal(key, want, why))

    def item(self, part: str) -> Item | None:
        """Where comments on a part are; None if it is not to be seen."""
        if issue := self.issues.get(part):
            return Item(issue_path(issue.project, issue.iid), issue.id)
        linked = self.observed.docs.get(named(part) or "")
        if linked is None:
            return None
        request = linked.request
        return Item(request_path(request.project, request.iid), request.id)

    def addresses(self) -> dict[str, str]:
        """Where the issues are that texts link to, by part."""
        addresses = {part: issue.url for part, issue in self.issues.items()}
        rival = self.observed.rival
        return {**addresses, **({"rival": rival.url} if rival else {})}

    def outcome(self) -> Outcome:
        """What has come of it so far."""
        root = self.issues.get(ROOT)
        place = (root.project, root.iid) if root else None
        note = self.status.note if self.status else None
        return Outcome(place, note, self.record, self.refusals)
