"""YAML text as plain data together with the line and column of everything in it.

Definitions come from people and from merge requests, so the text may be anything: broken,
huge when unfolded, endless. It never raises; it says what is wrong.
It must not read files and must not know what the data mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

MAX_CHARACTERS = 128 * 1024
MAX_LINES = 20_000
MAX_DEPTH = 40
MAX_ALIASES = 20
MAX_NODES = 5_000
"""Several times what a large process has; the parser takes about 0.1 ms for each."""

_TOO_DEEP = f"this is nested more than {MAX_DEPTH} levels deep"
_TOO_MANY = f"the file holds more than {MAX_NODES} keys and values"
_TAG = "tag:yaml.org,2002:"
_AS_WRITTEN = {f"{_TAG}str", f"{_TAG}timestamp"}
_CONSTRUCTED = {f"{_TAG}{name}" for name in ("int", "float", "bool", "null")}
_PLAIN = {
    "mapping values are not allowed": "a colon stands where no value can begin; "
    "put text that contains a colon in quotes",
    "that cannot start any token": "a character stands where none can begin; indent with spaces, "
    "never with tabs, and put text that begins with a special character in quotes",
    "could not find expected ':'": "a key is not followed by a colon",
    "expected <block end>": "a line is not indented like its neighbours",
    "found unexpected end of stream": "a quote or a bracket is not closed",
    "but got": "a bracket or brace is not closed, or a comma is missing in a list",
    "expected '<document start>'": "the file does not begin with a key, or a line is indented "
    "less than the first one",
    "found another document": "there is more than one document; take out the line `---`",
    "found undefined alias": "an alias (`*name`) has no anchor (`&name`) before it",
}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """A line and a column of a text, both counted from 1.

    `file` tells which text, where data were put together from several.
    """

    line: int = 1
    column: int = 1
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in the text that YAML allows and we do not, or that is no YAML at all."""

    check: Literal["yaml-syntax", "yaml-limit", "yaml-feature", "duplicate-key"]
    position: Position
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data with the place of every key and value; without data where the text is broken."""

    value: object = None
    keys: Mapping[Path, Position] = field(default_factory=dict)
    values: Mapping[Path, Position] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    broken: bool = False

    def position(self, path: Path, *, on_key: bool = False) -> Position:
        """Where the value at a path stands, or its key, or else what it would stand in."""
        while path and path not in self.values:
            path = path[:-1]
            on_key = True
        if on_key and path in self.keys:
            return self.keys[path]
        return self.values.get(path, Position())


@lru_cache(maxsize=32)
def parse(text: str) -> Document:
    """The data in a YAML text, or what is wrong with it.

    The last texts are remembered: a task list is read by every process that might include it.
    """
    if len(text) > MAX_CHARACTERS:
        return _broken("yaml-limit", f"the file has more than {MAX_CHARACTERS} characters")
    if len(text.splitlines()) > MAX_LINES:
        return _broken("yaml-limit", f"the file has more than {MAX_LINES} lines")
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    try:
        return _Walk(yaml).document(yaml.compose(text))
    except _LimitError as limit:
        return _broken("yaml-limit", limit.message, _position(limit.node))
    except (YAMLError, ValueError, OverflowError) as error:
        return _invalid(text, error)


def _invalid(text: str, error: Exception) -> Document:
    """What the parser complains about, in plain words where we know them."""
    match error:
        case MaxDepthExceededError():
            return _broken("yaml-limit", _TOO_DEEP, _mark(error.problem_mark))
        case ReaderError():
            message = "the file contains a character that YAML forbids"
            return _broken("yaml-syntax", message, _at(text, error.position))
        case MarkedYAMLError():
            place = _mark(error.problem_mark or error.context_mark)
            return _broken("yaml-syntax", _sentence(error), place)
        case _:
            return _broken("yaml-syntax", "a number or a character code is out of range")


class _LimitError(Exception):
    def __init__(self, message: str, node: Any) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


class _Composer(Composer):
    """Counts while it reads, so that a file with too much in it is not read to its end."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader=loader)
        self._nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self._nodes += 1
        node = super().compose_node(parent, index)
        if self._nodes > MAX_NODES:
            raise _LimitError(_TOO_MANY, node)
        return node


class _Walk:
    """Turns nodes into data, noting positions; bounded, whatever the nodes unfold to."""

    def __init__(self, yaml: YAML) -> None:
        self._yaml = yaml
        self._keys: dict[Path, Position] = {}
        self._values: dict[Path, Position] = {}
        self._flaws: list[Flaw] = []
        self._seen: dict[int, Path] = {}
        self._aliases = 0
        self._nodes = 0

    def document(self, node: Any) -> Document:
        """The document that a root node stands for."""
        value = None if node is None else self._value(node, ())
        return Document(value, self._keys, self._values, tuple(self._flaws))

    def _value(self, node: Any, path: Path) -> object:
        self._bound(node, path)
        self._values[path] = _position(node)
        match node:
            case MappingNode() if node.tag == f"{_TAG}map":
                return self._mapping(node, path)
            case SequenceNode() if node.tag == f"{_TAG}seq":
                return [self._value(item, (*path, i)) for i, item in enumerate(node.value)]
            case ScalarNode():
                return self._scalar(node)
        self._feature(node, f"the tag {node.tag} is not supported; write plain values")
        return None

    def _bound(self, node: Any, path: Path) -> None:
        self._nodes += 1
        first = self._seen.setdefault(id(node), path)
        if first != path:
            self._aliases += node.anchor is not None
        if first != path and path[: len(first)] == first:
            raise _LimitError("an alias (`*name`) stands inside of what it is to repeat", node)
        if self._aliases > MAX_ALIASES:
            raise _LimitError(f"more than {MAX_ALIASES} aliases (`*name`) are used", node)
        if self._nodes > MAX_NODES:
            raise _LimitError(_TOO_MANY, node)
        if len(path) > MAX_DEPTH:
            raise _LimitError(_TOO_DEEP, node)

    def _mapping(self, node: Any, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            if key in result:
                first = self._keys[*path, key].line
                self._flaw("duplicate-key", key_node, f'the key "{key}" is already on line {first}')
                continue
            self._keys[*path, key] = _position(key_node)
            result[key] = self._value(value_node, (*path, key))
        return result

    def _key(self, node: Any) -> str | None:
        if not isinstance(node, ScalarNode):
            self._feature(node, "a key must be text, not a list or a mapping")
        elif node.tag == f"{_TAG}merge":
            self._feature(node, "the merge key `<<` is not supported; write the keys out")
        elif node.tag not in _AS_WRITTEN:
            cure = f"put {node.value} in quotes" if node.value else "this one is empty"
            self._feature(node, f"a key must be text; {cure}")
        elif not _encodable(node.value):
            self._feature(node, "the key contains half of a character (a lone surrogate)")
        else:
            return str(node.value)
        return None

    def _scalar(self, node: Any) -> object:
        if node.tag in _AS_WRITTEN and _encodable(node.value):
            return str(node.value)
        if node.tag in _AS_WRITTEN:
            self._feature(node, "the text contains half of a character (a lone surrogate)")
        elif node.tag in _CONSTRUCTED:
            return self._constructed(node)
        else:
            self._feature(node, f"the tag {node.tag} is not supported; write a plain value")
        return None

    def _constructed(self, node: Any) -> object:
        try:
            return self._yaml.constructor.construct_object(node)
        except (ValueError, OverflowError, LookupError, YAMLError):
            self._feature(node, "this number cannot be read; put it in quotes if it is text")
            return None

    def _feature(self, node: Any, message: str) -> None:
        self._flaw("yaml-feature", node, message)

    def _flaw(
        self, check: Literal["yaml-feature", "duplicate-key"], node: Any, message: str
    ) -> None:
        self._flaws.append(Flaw(check, _position(node), message))


def _broken(
    check: Literal["yaml-syntax", "yaml-limit"], message: str, position: Position | None = None
) -> Document:
    return Document(flaws=(Flaw(check, position or Position(), message),), broken=True)


def _sentence(error: MarkedYAMLError) -> str:
    complaint = " ".join(str(error.problem or error.context).split())
    return next(
        (plain for words, plain in _PLAIN.items() if words in complaint),
        f"this is not valid YAML: {complaint}",
    )


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _position(node: Any) -> Position:
    return _mark(node.start_mark)


def _mark(mark: Any) -> Position:
    return Position() if mark is None else Position(mark.line + 1, mark.column + 1)


def _at(text: str, index: int) -> Position:
    before = text[:index]
    return Position(before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)
