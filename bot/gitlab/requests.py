"""Writes on documentation merge requests: the hold, the comment with the verdict, a pipeline.

What is there already is not written again; what GitLab refuses comes back as a refusal.
"""

from bot.domain import fields
from bot.domain.actions import KeepVerdict, SetMergeAfter, StartPipeline
from bot.domain.alignment import note
from bot.domain.alignment.linked import Linked, place
from bot.domain.markers import Keyring
from bot.domain.rendering import linked as awaited
from bot.domain.rendering import resolve
from bot.gitlab import bodies
from bot.gitlab.client import Client, NotAllowed
from bot.gitlab.documents import request_path
from bot.gitlab.standing import Conflict, Standing

_IGNORED = (
    "GitLab has not kept it. It takes GitLab 17.6, and the Developer role for my user in that "
    "project."
)


class Requests:
    """Writes on the documentation merge requests of a launch."""

    def __init__(self, client: Client, keyring: Keyring, standing: Standing) -> None:
        self._client = client
        self._keyring = keyring
        self._standing = standing

    def hold(self, action: SetMergeAfter) -> None:
        """Let GitLab hold the merge until a moment, unless somebody has set another meanwhile."""
        path, want = self._path(action.request), fields.moment(action.until)
        known = self._linked(action.request).request.merge_after
        if bodies.moment(self._client.get(path).get("merge_after")) != known:
            raise Conflict("somebody has changed the merge request")
        try:
            raw = self._client.put(path, {"merge_after": action.until.isoformat()})
        except NotAllowed as problem:
            self._refuse(action.request, fields.HOLD, want, problem.why)
        else:
            if bodies.moment(raw.get("merge_after")) != action.until:
                self._refuse(action.request, fields.HOLD, want, _IGNORED)

    def keep_verdict(self, action: KeepVerdict) -> None:
        """Write the comment, or edit it; one that a former bot user wrote gets a successor."""
        addresses, linked = self._standing.addresses(), self._linked(action.request)
        if awaited(action.text) - addresses.keys():
            return
        text = resolve(action.text, addresses)
        body = bodies.safe(note.body(text, action.verdict, self._keyring, linked.request.id))
        notes = f"{self._path(action.request)}/notes"
        try:
            self._put_or_post(notes, action.note, body)
        except NotAllowed as problem:
            want = action.verdict.key()
            self._refuse(action.request, fields.VERDICT, want, problem.why)

    def _put_or_post(self, notes: str, known: int | None, body: str) -> None:
        if known is not None:
            try:
                self._client.put(f"{notes}/{known}", {"body": body})
            except NotAllowed:
                pass
            else:
                return
        self._client.post(notes, {"body": body})

    def start_pipeline(self, action: StartPipeline) -> None:
        """Start a merge request pipeline."""
        try:
            self._client.post(f"{self._path(action.request)}/pipelines", {})
        except NotAllowed as problem:
            self._refuse(action.request, fields.CHECK, action.key, problem.why)

    def _linked(self, request: str) -> Linked:
        return self._standing.observed.docs[request.partition(":")[2]]

    def _path(self, request: str) -> str:
        return request_path(*place(request.partition(":")[2]))

    def _refuse(self, request: str, field: str, want: str, why: str) -> None:
        self._standing.refuse(fields.key(request, field), want, why)
