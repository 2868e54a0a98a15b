"""Small things that belong to a user, group or project, and that this GitLab only keeps and shows.

Nothing here has an effect on anything else.
"""

from typing import Any

Entry = dict[str, Any]
Place = tuple[str, int, str]


class Kept:
    """Entries by whom they belong to (`users`, 5), what they are (`keys`), and their own key."""

    def __init__(self) -> None:
        self._shelves: dict[Place, dict[str, Entry]] = {}

    def shelf(self, owner: str, number: int, kind: str) -> dict[str, Entry]:
        """The entries of one kind of one owner, to read and to change."""
        return self._shelves.setdefault((owner, number, kind), {})

    def everywhere(self, kind: str) -> list[Entry]:
        """The entries of one kind of all owners."""
        shelves = [shelf for place, shelf in self._shelves.items() if place[2] == kind]
        return [entry for shelf in shelves for entry in shelf.values()]

    def drop(self, owner: str, number: int) -> None:
        """Forget all that one owner had."""
        for place in [place for place in self._shelves if place[:2] == (owner, number)]:
            del self._shelves[place]

    def has_attributes(self, owner: str, number: int, wanted: dict[str, Any]) -> bool:
        """Whether an owner has all these custom attributes."""
        if not wanted:
            return True
        shelf = self.shelf(owner, number, "custom_attributes")
        return all(shelf.get(key, {}).get("value") == value for key, value in wanted.items())
