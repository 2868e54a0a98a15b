"""A simulated GitLab with many launches: one that the bot made, and copies of it.

Each copy has issues, links, a status note and a definition of its own, signed as the bot signs.
To let the bot make a thousand would take longer than all measurements together.
"""

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.deliveries import KEY
from bot.domain import markers, record
from bot.domain.markers import Keyring
from bot.domain.record import Record
from bot.gitlab.client import Client
from tests.scenarios.play import Play

_KEYRING = Keyring((KEY.encode(),))


class Crowd(Play):
    """A play with many launches, of which the first is the bot's own work."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.request()
        self.wait(hours=3)
        self.resync()
        self.launches = 1
        self._pattern = Record.model_validate_json(self.bot.store.record("i1") or "")
        self._notes = [
            note for note in self.notes(self.place("root")) if "launchbot:v1" in note["body"]
        ]

    def grow(self, launches: int) -> "Crowd":
        """Copy the first launch until there are so many."""
        author = self._client(self.world.bot_token)
        while self.launches < launches:
            self._copy(author)
            self.launches += 1
        self.sim.outbox.take()
        return self

    def calls(self) -> tuple[int, int]:
        """How often the bot read and wrote since the calls were cleared."""
        return self.sim.calls.reads, self.sim.calls.writes

    def _copy(self, author: Client) -> None:
        parts = dict(self._pattern.parts)
        asked = parts.pop("request")
        request = self._issue(self.people["alice"].client, asked, "")
        launch = f"i{request['id']}"
        made = {name: self._issue(author, part, launch) for name, part in parts.items()}
        root = made["root"]
        for name, raw in {**made, "request": request}.items():
            if name != "root":
                target = {"target_project_id": raw["project_id"], "target_issue_iid": raw["iid"]}
                author.post(f"{_path(root)}/links", target)
        places = {
            name: {"id": raw["id"], "project": raw["project_id"], "iid": raw["iid"]}
            for name, raw in {**made, "request": request}.items()
        }
        self._note_down(author, launch, root, places)

    def _issue(self, author: Client, part: Any, launch: str) -> dict[str, Any]:
        old = self.admin.get(f"/projects/{part.project}/issues/{part.iid}")
        body = {
            "title": old["title"],
            "description": _signed(old["description"], launch) if launch else old["description"],
            "labels": ",".join(old["labels"]),
            "assignee_ids": [user["id"] for user in old["assignees"]],
            "due_date": old["due_date"],
        }
        return author.post(f"/projects/{part.project}/issues", body)

    def _note_down(
        self, author: Client, launch: str, root: dict[str, Any], places: dict[str, Any]
    ) -> None:
        values = json.loads(self._pattern.model_dump_json())
        copied = Record.model_validate({**values, "launch": launch, "parts": places})
        for note in self._notes:
            text, kept = record.split(note["body"], _KEYRING, self._pattern.parts["root"].id)
            text = _signed(text if kept else note["body"], launch, root["id"])
            if kept:
                text = record.render(text, copied, _KEYRING, root["id"])
            author.post(f"{_path(root)}/notes", {"body": text})


def _signed(text: str, launch: str, issue: int | None = None) -> str:
    """The text with its markers made out for another launch."""
    for marker in list(markers.find(text, _KEYRING)):
        place = None if marker.issue is None else issue
        anew = markers.Marker(launch, marker.part, place, None).render(_KEYRING)
        text = text.replace(marker.render(_KEYRING), anew)
    return re.sub(r"\n{3,}", "\n\n", text)


def _path(raw: dict[str, Any]) -> str:
    return f"/projects/{raw['project_id']}/issues/{raw['iid']}"
