"""Comments on commits: where a tag is told that it starts no launch.

A comment is found again by its marker, which names the project and the tag.
https://docs.gitlab.com/api/commits/#post-comment-to-commit
"""

from collections.abc import Iterable

from bot.domain import markers
from bot.domain.actions import CommentOnCommit
from bot.domain.markers import Keyring, Marker
from bot.domain.observed import Tag
from bot.gitlab import bodies
from bot.gitlab.client import Client, NotAllowed
from bot.gitlab.standing import Standing

_PART = "starts-nothing"


class Commits:
    """Comments on the commits of tags."""

    def __init__(self, client: Client, keyring: Keyring, standing: Standing) -> None:
        self._client = client
        self._keyring = keyring
        self._standing = standing

    def say(self, action: CommentOnCommit) -> None:
        """Comment on the commit of a tag."""
        body = bodies.body(action.text, _marker(action.tag, self._keyring), self._keyring)
        try:
            self._client.post(path(action.tag), {"note": body})
        except NotAllowed as problem:
            self._standing.refuse(_PART, action.tag.name, problem.why)


def path(tag: Tag) -> str:
    """Where the comments on the commit of a tag are."""
    return f"/projects/{tag.project}/repository/commits/{tag.commit}/comments"


def is_told(tag: Tag, comments: Iterable[str], keyring: Keyring) -> bool:
    """Whether one of the comments on its commit says that a tag starts nothing."""
    found = (marker for text in comments for marker in markers.find(text, keyring))
    return any(
        marker.part == _PART and keyring.matches(marker.key, *_told_apart(tag)) for marker in found
    )


def _marker(tag: Tag, keyring: Keyring) -> Marker:
    return Marker(f"r{tag.project}", _PART, key=keyring.digest(*_told_apart(tag)))


def _told_apart(tag: Tag) -> tuple[str, str]:
    """What a digest is made of; in hex, because it makes no difference of upper case."""
    return str(tag.project), tag.name.encode().hex()
