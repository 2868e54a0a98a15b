"""The documentation of the demo's launch: written, reviewed and merged through GitLab's API.

Which project, which paths and whose review: all of it follows from the definition.
"""

from dataclasses import dataclass
from typing import Any

from bot.cli.demo.stage import Stage
from bot.domain.alignment.check import Report, examine
from bot.domain.process import ROOT, Documentation
from bot.gitlab.job import Job, JobReader
from bot.simulator import job_tokens

_BRANCH = "new-section"


@dataclass(slots=True)
class Section:
    """One merge request with the new section."""

    stage: Stage
    rules: Documentation
    iid: int = 0

    @property
    def project(self) -> int:
        """Where it is."""
        return self.stage.world.projects[self.rules.project]

    @property
    def path(self) -> str:
        """The merge request in the API."""
        return f"/projects/{self.project}/merge_requests/{self.iid}"

    @property
    def author(self) -> str:
        """Who writes it: the owner of its phase."""
        role = self.stage.process.phases[self.rules.phase].role
        return self.stage.world.holder(role).username

    @property
    def reviewer(self) -> str:
        """Who reviews it."""
        return self.stage.world.holder(self.rules.reviewers).username

    def open(self) -> None:
        """Commit the section on a branch, and open a merge request that names the launch."""
        commits = f"/projects/{self.project}/repository/commits"
        hello = {"action": "create", "file_path": "README.md", "content": "Documentation\n"}
        begin = {"branch": "main", "commit_message": "Begin", "actions": [hello]}
        self.stage.world.admin.post(commits, begin)
        page = {"action": "create", "file_path": self._file(), "content": self._text()}
        body = {"branch": _BRANCH, "start_branch": "main", "commit_message": "Add a section"}
        writer = self.stage.world.actors[self.author].client
        writer.post(commits, {**body, "actions": [page]})
        launch = self.stage.parts()[ROOT].raw["references"]["full"]
        opened = {
            "source_branch": _BRANCH,
            "target_branch": "main",
            "title": "Add a section",
            "description": f"Launch: {launch}",
        }
        made = writer.post(f"/projects/{self.project}/merge_requests", opened)
        self.iid = int(made["iid"])

    def _file(self) -> str:
        return f"{self.rules.paths[0].partition('*')[0]}{_BRANCH}.md"

    def _text(self) -> str:
        return f"# Install on {self.stage.plan.request.inputs[self.rules.section]}\n"

    def approve(self) -> None:
        """The reviewer approves, and lets GitLab merge it as soon as it may."""
        who = self.stage.world.actors[self.reviewer].client
        who.post(f"{self.path}/approve", {})
        who.put(f"{self.path}/merge", {"auto_merge": True})

    def seen(self) -> dict[str, Any]:
        """The merge request."""
        return self.stage.world.admin.get(self.path)

    def verdict(self) -> str:
        """What the bot has written there; empty before it has."""
        notes = self.stage.world.admin.list(f"{self.path}/notes")
        found = [note["body"] for note in notes if "launchbot:verdict" in note["body"]]
        return str(found[0]) if found else ""

    def check(self) -> Report:
        """What `launchbot docs-check` says in a pipeline of now."""
        sim, head = self.stage.sim, str(self.seen()["sha"])
        with sim.lock:
            user = next(u for u in sim.state.users.values() if u.username == self.author)
            token = job_tokens.create(sim, user, sim.state.projects[self.project]).value
        job = Job(sim.url, token, None, self.project, self.iid, head, self.project, "")
        reader = JobReader(job, self.stage.bot.clock)
        return examine(reader.read(), head, self.stage.bot.access().directory.bot_users()[0])
