"""Documentation merge requests, read by GET only: what the rules look at, and what we left there.

https://docs.gitlab.com/api/merge_requests/
It must not judge, and must not write.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from bot.domain.alignment import note
from bot.domain.alignment.facts import File, MergeRequest, Milestone
from bot.domain.alignment.linked import Comment, Linked, Pipeline, key
from bot.domain.markers import Keyring
from bot.domain.process import ROOT, Process
from bot.gitlab import bodies
from bot.gitlab.client import Client
from bot.gitlab.directory import Directory
from bot.gitlab.find import OVERLAP, Finder, issue_path

_REFERENCE = re.compile(
    r"(?:https?://[^\s/]{1,255}/(?P<address>[^\s#?]{1,500}?)/-/(?:issues|work_items)/(?P<number>\d{1,18})"
    r"|(?<![\w/.-])(?P<path>[\w.-]+(?:/[\w.-]+)+)?#(?P<iid>\d{1,18}))(?!\w)"
)
_LONGEST = 20_000
"""Nobody names a launch behind so many characters."""
_MOST = 10
"""A description that names more issues than this is no link to a launch."""
_OVER = {"success": True, "failed": False, "canceled": False, "skipped": False}
_REVIEWED = {"reviewed", "requested_changes", "approved"}


class Documents:
    """Reads documentation merge requests and finds the launches that they belong to."""

    def __init__(
        self,
        client: Client,
        directory: Directory,
        finder: Finder,
        keyring: Keyring,
        processes: Mapping[str, Process],
    ) -> None:
        self._client = client
        self._directory = directory
        self._finder = finder
        self._keyring = keyring
        self._documentation = [p.documentation for p in processes.values() if p.documentation]

    def projects(self) -> frozenset[int]:
        """The ids of the projects with documentation."""
        known = self._directory.installation().projects
        names = (documentation.project for documentation in self._documentation)
        return frozenset(known[name] for name in names if name in known)

    def changed(self, project: int, since: datetime | None) -> list[str]:
        """The names of the merge requests that changed in a project, in one list call."""
        query = {"updated_after": (since - OVERLAP).isoformat()} if since else {"state": "opened"}
        found = self._client.list(f"/projects/{project}/merge_requests", scope="all", **query)
        return [key(project, raw["iid"]) for raw in found]

    def launches(self, project: int, iid: int) -> tuple[str, ...]:
        """The launches that a merge request belongs to or did: what it names, and what we wrote."""
        raw = self._get(project, iid)
        if raw is None:
            return ()
        comment = self._comment(raw)
        named = sorted(self._named(raw["description"] or ""))
        return tuple(dict.fromkeys([*named, *([comment.launch] if comment else [])]))

    def shown(self, names: Iterable[tuple[int, int]]) -> dict[str, dict[str, Any]]:
        """The merge requests that GitLab shows, as it does, by their names in the record."""
        found = {key(*name): self._get(*name) for name in names}
        return {name: raw for name, raw in found.items() if raw is not None}

    def read(self, shown: Mapping[str, dict[str, Any]], *, confidential: bool) -> dict[str, Linked]:
        """What the rules look at of merge requests."""
        return {name: self._linked(raw, confidential=confidential) for name, raw in shown.items()}

    def _get(self, project: int, iid: int) -> dict[str, Any] | None:
        return self._client.get_or_none(request_path(project, iid))

    def _linked(self, raw: dict[str, Any], *, confidential: bool) -> Linked:
        path = request_path(raw["project_id"], raw["iid"])
        diffs = self._client.list(f"{path}/diffs")
        reviews = self._client.list(f"{path}/reviewers")
        approvals = self._client.get(f"{path}/approvals").get("approved_by") or ()
        request = MergeRequest(
            id=raw["id"],
            project=raw["project_id"],
            iid=raw["iid"],
            url=raw["web_url"],
            head=raw["sha"] or "",
            state=raw["state"],
            draft=bool(raw["draft"]),
            public=confidential and self._is_public(raw["project_id"]),
            milestone=_milestone(raw.get("milestone")),
            merge_after=bodies.moment(raw.get("merge_after")),
            merged_at=bodies.moment(raw.get("merged_at")),
            reviewed_by=frozenset(r["user"]["id"] for r in reviews if r["state"] in _REVIEWED),
            approved_by=frozenset(entry["user"]["id"] for entry in approvals),
            files=tuple(map(_file, diffs)),
            whole=not any(diff.get("too_large") or diff.get("collapsed") for diff in diffs),
            written=self._written(raw, path, confidential=confidential),
            launches=self._named(raw["description"] or ""),
        )
        return Linked(request, self._comment(raw), self._pipeline(raw, path))

    def _is_public(self, project: int) -> bool:
        return self._client.get(f"/projects/{project}").get("visibility") != "private"

    def _written(self, raw: dict[str, Any], path: str, *, confidential: bool) -> tuple[str, ...]:
        """What people wrote beside the changes; the commits only where it matters."""
        commits = self._client.list(f"{path}/commits") if confidential else []
        own = (raw["title"], raw["description"] or "", raw["source_branch"])
        return (*own, *(commit["message"] for commit in commits))

    def _comment(self, raw: dict[str, Any]) -> Comment | None:
        """Our comment with the verdict; of several the newest, because a former bot user's stay."""
        path = f"{request_path(raw['project_id'], raw['iid'])}/notes"
        ours = self._directory.bot_users()
        notes = self._client.list(path, sort="asc", order_by="created_at")
        found = [
            comment
            for entry in notes
            if entry["author"]["id"] in ours and (comment := self._verdict(entry, raw["id"]))
        ]
        return found[-1] if found else None

    def _verdict(self, entry: dict[str, Any], request: int) -> Comment | None:
        launch = note.launch(entry["body"], self._keyring, request)
        if launch is None:
            return None
        return Comment(
            id=entry["id"],
            launch=launch,
            text=bodies.visible(entry["body"]),
            verdict=note.genuine(entry["body"], self._keyring, request),
            written_at=datetime.fromisoformat(entry["updated_at"]),
        )

    def _pipeline(self, raw: dict[str, Any], path: str) -> Pipeline | None:
        """The newest merge request pipeline of the head."""
        for run in self._client.list(f"{path}/pipelines"):
            if run["sha"] == raw["sha"] and run["source"] == "merge_request_event":
                made = datetime.fromisoformat(run["created_at"])
                return Pipeline(made, _OVER.get(run["status"]))
        return None

    def _named(self, description: str) -> frozenset[str]:
        """The launches whose root issue, or issue of the documentation's phase, is named there."""
        places = dict.fromkeys(_references(description))
        if len(places) > _MOST:
            return frozenset()
        return frozenset(launch for place in places if (launch := self._launch(*place)))

    def _launch(self, path: str, iid: int) -> str | None:
        raw = self._client.get_or_none(issue_path(path, iid))
        marker = self._finder.marker(raw) if raw else None
        parts = {ROOT, *(documentation.phase for documentation in self._documentation)}
        return marker.launch if marker and marker.part in parts else None


def _references(description: str) -> Iterator[tuple[str, int]]:
    """The issues that a text names by address or by full reference."""
    for match in _REFERENCE.finditer(description[:_LONGEST]):
        path = match["address"] or match["path"]
        if path:
            yield path, int(match["number"] or match["iid"])


def request_path(project: int | str, iid: int) -> str:
    """Where the API has a merge request."""
    return f"/projects/{quote(str(project), safe='')}/merge_requests/{iid}"


def _milestone(raw: Mapping[str, Any] | None) -> Milestone | None:
    return Milestone(_day(raw.get("start_date")), _day(raw.get("due_date"))) if raw else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _file(raw: Mapping[str, Any]) -> File:
    lines = (raw.get("diff") or "").splitlines()
    added = (line[1:] for line in lines if line.startswith("+") and not line.startswith("+++"))
    return File(raw["new_path"], tuple(added))
