"""The documentation project of a play: people write in it, review, and merge."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.alignment import note
from bot.domain.alignment.check import examine
from bot.domain.alignment.verdict import Verdict
from bot.gitlab.client import Client
from bot.gitlab.job import Job, JobReader
from bot.simulator import job_tokens
from tests.scenarios.play import HIDDEN, Play
from tests.transport import session

SECTION = "# Install on Example Cloud\n"


@dataclass
class Documentation:
    """One merge request, by its number; `bob` writes it and `dora` reviews."""

    play: Play
    iid: int = 0

    @property
    def project(self) -> int:
        """Where it is."""
        return self.play.world.projects["docs"]

    @property
    def path(self) -> str:
        """The merge request in the API."""
        return f"/projects/{self.project}/merge_requests/{self.iid}"

    def client(self, who: str) -> Client:
        """Somebody's connection."""
        return self.play.people[who].client

    def open(self, text: str | None = None, branch: str = "acme", **fields: Any) -> "Documentation":
        """Bob opens a merge request with the new section, which names the launch."""
        admin, commit = self.play.admin, f"/projects/{self.project}/repository/commits"
        if not admin.list(f"/projects/{self.project}/repository/branches"):
            hello = {"action": "create", "file_path": "README.md", "content": "Hello\n"}
            admin.post(commit, {"branch": "main", "commit_message": "Begin", "actions": [hello]})
        page = {"action": "create", "file_path": f"doc/{branch}.md", "content": SECTION}
        body = {"branch": branch, "start_branch": "main", "commit_message": "Add a page"}
        self.client("bob").post(commit, {**body, "actions": [page]})
        named = self.trailer() if text is None else text
        opened = {"source_branch": branch, "target_branch": "main", "title": "A page"}
        made = self.client("bob").post(
            f"/projects/{self.project}/merge_requests", {**opened, "description": named, **fields}
        )
        self.iid = made["iid"]
        self.play.work()
        return self

    def trailer(self) -> str:
        """The line that names the launch."""
        raw = self.play.issue("root")
        return f"The new section.\n\nLaunch: {raw['references']['full']}"

    def change(self, who: str = "bob", **fields: Any) -> "Documentation":
        """Somebody changes the merge request."""
        self.client(who).put(self.path, fields)
        self.play.work()
        return self

    def approve(self, who: str = "dora") -> "Documentation":
        """Somebody approves it."""
        self.client(who).post(f"{self.path}/approve", {})
        self.play.work()
        return self

    def merge_when_ready(self, who: str = "dora") -> "Documentation":
        """Somebody lets GitLab merge it as soon as it may."""
        self.client(who).put(f"{self.path}/merge", {"auto_merge": True})
        self.play.work()
        return self

    def say(self, text: str, who: str) -> str:
        """Somebody comments on it, and the bot works; what it replies in the thread."""
        play, path = self.play, self.path
        play.sim.clock.advance(timedelta(seconds=1))
        note = play.people[who].client.post(f"{path}/notes", {"body": text})["id"]
        play.work()
        threads = play.admin.list(f"{path}/discussions")
        said = next(t["notes"] for t in threads if t["notes"][0]["id"] == note)
        return "\n".join(HIDDEN.sub("", reply["body"]) for reply in said[1:])

    def seen(self) -> dict[str, Any]:
        """The merge request."""
        return self.play.admin.get(self.path)

    def comments(self) -> list[dict[str, Any]]:
        """The verdicts that the bot has written there."""
        notes = self.play.admin.list(f"{self.path}/notes", sort="asc", order_by="created_at")
        ours = [n for n in notes if n["author"]["id"] == self.play.bot_id()]
        return [n for n in ours if "launchbot:verdict" in n["body"]]

    def verdict(self) -> Verdict:
        """The verdict in the one comment."""
        (comment,) = self.comments()
        found = note.genuine(comment["body"], self.play.bot.keyring, self.seen()["id"])
        assert found is not None
        return found

    def told(self) -> str:
        """What people read there."""
        (comment,) = self.comments()
        return HIDDEN.sub("", comment["body"])

    def outcomes(self) -> dict[str, str]:
        """What does not hold, by rule."""
        return {r.rule: r.outcome for r in self.verdict().results if r.outcome != "holds"}

    def check(self) -> dict[str, str]:
        """What `launchbot docs-check` finds in a job of now: what fails, by rule."""
        sim = self.play.sim
        user, project = sim.state.users[1], sim.state.projects[self.project]
        raw = self.seen()
        job = Job(
            url=sim.url,
            token=job_tokens.create(sim, user, project).value,
            ca_file=None,
            project=self.project,
            iid=self.iid,
            head=raw["sha"],
            runs_in=self.project,
            address="",
        )
        reader = JobReader(job, self.play.clock, session(self.play.line()))
        report = examine(reader.read(), job.head, self.play.bot_id())
        return {line.id: line.text for line in report.lines if line.outcome == "fails"}

    def run(self) -> "Documentation":
        """A merge request pipeline runs, as after a push, and is over."""
        made = self.client("bob").post(f"{self.path}/pipelines", {})
        self.play.sim.state.projects[self.project].pipelines[made["id"]].status = "success"
        return self

    def pipelines(self) -> int:
        """How many merge request pipelines there were."""
        return len(self.play.admin.list(f"{self.path}/pipelines"))
