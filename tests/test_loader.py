"""Files become a configuration and processes, or mistakes with their places; never an exception."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.loader import MAX_BYTES, Loaded, Mistake, folders, load, shipped_folder
from tests.domain.definitions import CONFIGURATION, PARTY, TEXTS


def write(folder: Path, definition: str = PARTY, **texts: str) -> Path:
    """A process folder."""
    folder.mkdir(parents=True)
    (folder / "process.yml").write_text(definition)
    for name, text in {**TEXTS, **texts}.items():
        (folder / name).write_text(text)
    return folder


def configure(folder: Path, more: str = "") -> Path:
    """A configuration file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "launchbot.yml"
    path.write_text(f"{CONFIGURATION}processes: [party]\nprocess_folders: [processes]\n{more}")
    return path


def told(loaded: Loaded, folder: Path) -> list[tuple[str, int, int, str]]:
    """File, line, column and check of every mistake."""
    return [
        (os.path.relpath(mistake.file, folder), mistake.line, mistake.column, mistake.check)
        for mistake in loaded.mistakes
    ]


def test_shipped_processes_are_found() -> None:
    """Without anything given there is what comes with the program, without a mistake."""
    loaded = load(None)
    names = {path.parent.name for path in shipped_folder().glob("*/process.yml")}
    assert names
    assert set(loaded.processes) == set(loaded.found) == names
    assert loaded.mistakes == loaded.errors == ()
    assert loaded.configuration is None


def test_shipped_processes_of_a_wheel_stand_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed package has them beside its modules."""
    (tmp_path / "bot" / "templates").mkdir(parents=True)
    monkeypatch.setattr(folders, "__file__", str(tmp_path / "bot" / "loader" / "folders.py"))
    assert shipped_folder() == tmp_path / "bot" / "templates"
    assert load(None) == Loaded(None, {}, ())


def test_installation_is_loaded(tmp_path: Path) -> None:
    """A configuration finds its own processes beside the shipped ones, and says which run."""
    write(tmp_path / "processes" / "party")
    loaded = load(configure(tmp_path))
    assert loaded.mistakes == ()
    assert loaded.configuration is not None
    assert loaded.configuration.roles["cook"] == ("bob", "cy")
    assert list(loaded.processes) == ["party"]
    assert set(loaded.found) > {"party"}
    assert loaded.processes["party"].texts == TEXTS
    assert loaded.files[0] == tmp_path / "launchbot.yml"


def test_all_processes_run_unless_some_are_named(tmp_path: Path) -> None:
    """An installation that names none runs all that are found, and needs people for all."""
    write(tmp_path / "processes" / "party")
    path = tmp_path / "launchbot.yml"
    path.write_text(f"{CONFIGURATION}process_folders: [processes]\n")
    loaded = load(path)
    assert set(loaded.processes) == set(loaded.found)
    assert {mistake.check for mistake in loaded.errors} == {
        "role-without-people",
        "unknown-project",
    }
    assert loaded.configuration is None


def test_folder_may_hold_one_process_or_many(tmp_path: Path) -> None:
    """Folders in it without a definition are passed over."""
    write(tmp_path / "all" / "party")
    (tmp_path / "all" / "component").mkdir()
    (tmp_path / "all" / "component" / "template.yml").write_text("spec: {}")
    assert list(load(None, [tmp_path / "all"], shipped=False).processes) == ["party"]
    assert list(load(None, [tmp_path / "all" / "party"], shipped=False).processes) == ["party"]


def test_folder_that_is_given_is_checked_against_the_installation(tmp_path: Path) -> None:
    """Whether or not the configuration names it."""
    write(tmp_path / "processes" / "party")
    feast = write(tmp_path / "feast", PARTY.replace("name: party", "name: feast"))
    loaded = load(configure(tmp_path), [feast])
    assert set(loaded.processes) == {"party", "feast"}
    assert told(loaded, tmp_path) == [("launchbot.yml", 4, 12, "label-conflict")]


def test_own_process_stands_in_for_the_shipped_one(tmp_path: Path) -> None:
    """An installation changes a process by having its own of the same name."""
    name = min(load(None).found)
    own = write(tmp_path / name, PARTY.replace("name: party", f"name: {name}"))
    loaded = load(None, [own])
    assert loaded.processes[name].title == "A party"
    assert loaded.mistakes == ()


def test_two_own_processes_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    """Nobody could say which of them runs; the same folder given twice is no matter."""
    one, two = write(tmp_path / "a" / "party"), write(tmp_path / "b" / "party")
    loaded = load(None, [one, two, one], shipped=False)
    assert told(loaded, tmp_path) == [("b/party/process.yml", 1, 1, "duplicate-process")]
    assert "a/party" in loaded.mistakes[0].message


def test_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Definition, text and configuration are judged in one go, in the order of places."""
    write(
        tmp_path / "processes" / "party",
        PARTY.replace("role: host\n  project", "role: hots\n  colour: red\n  project"),
        **{"phase.md.j2": "{{ tasks }}\n\n{{ gest }}\n"},
    )
    loaded = load(configure(tmp_path, "bot_user: 5\n"))
    assert told(loaded, tmp_path) == [
        ("launchbot.yml", 6, 1, "unknown-key"),
        ("processes/party/phase.md.j2", 3, 1, "template-variable"),
        ("processes/party/process.yml", 19, 9, "unknown-role"),
        ("processes/party/process.yml", 20, 3, "unknown-key"),
    ]
    assert loaded.configuration is None
    assert loaded.processes == {}


def test_mistake_carries_all_that_helps() -> None:
    """What is allowed, and what was likely meant, stand apart from the message."""
    place = Path(__file__).parent / "nowhere"
    mistake = load(place, shipped=False).mistakes[0]
    assert mistake == Mistake(
        str(place), 1, 1, "unreadable-file", "error", "there is no such file", (), None
    )


def test_warning_keeps_nothing_from_loading(tmp_path: Path) -> None:
    """What is odd still runs."""
    write(tmp_path / "party", **{"old.md.j2": "x"})
    loaded = load(None, [tmp_path / "party"], shipped=False)
    assert told(loaded, tmp_path) == [("party/old.md.j2", 1, 1, "unused-template")]
    assert loaded.errors == ()
    assert set(loaded.processes["party"].texts) == set(TEXTS)


@pytest.mark.parametrize(
    ("data", "line", "check"),
    [
        pytest.param(b"", 1, "wrong-type", id="empty"),
        pytest.param(b"- a\n- b\n", 1, "wrong-type", id="list"),
        pytest.param(b"just text", 1, "wrong-type", id="text"),
        pytest.param(b"name:\n\t- party\n", 2, "yaml-syntax", id="tab"),
        pytest.param(b"name: party\n\xff\xfe\n", 2, "unreadable-file", id="not UTF-8"),
        pytest.param(b"\xff\xfen\x00a\x00", 1, "unreadable-file", id="UTF-16"),
        pytest.param(b"#" * (MAX_BYTES + 1), 1, "unreadable-file", id="large"),
        pytest.param(b"a: 1\n" * 20_001, 1, "yaml-limit", id="long"),
        pytest.param(b"a: &x [*x]", 1, "yaml-limit", id="endless"),
    ],
)
def test_bad_file_is_one_mistake(tmp_path: Path, data: bytes, line: int, check: str) -> None:
    """As a definition and as a configuration."""
    folder = write(tmp_path / "party")
    (folder / "process.yml").write_bytes(data)
    (tmp_path / "launchbot.yml").write_bytes(data)
    found = told(load(None, [folder], shipped=False), tmp_path)
    assert [(name, at, why) for name, at, _, why in found] == [("party/process.yml", line, check)]
    found = told(load(tmp_path / "launchbot.yml", shipped=False), tmp_path)
    assert [(name, at, why) for name, at, _, why in found] == [("launchbot.yml", line, check)]


def test_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    """Some editors write one."""
    folder = write(tmp_path / "party")
    (folder / "process.yml").write_text(PARTY, encoding="utf-8-sig")
    assert load(None, [folder], shipped=False).mistakes == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("nowhere.yml", "no such file", id="missing"),
        pytest.param("folder", "this is a folder", id="folder"),
        pytest.param("pipe", "no such file", id="pipe"),
        pytest.param("x" * 300, "cannot be read", id="name too long"),
        pytest.param("loop", "no such file", id="link to itself"),
        pytest.param("a\0b", "no such file", id="no name at all"),
    ],
)
def test_what_is_no_file_is_a_mistake(tmp_path: Path, name: str, words: str) -> None:
    """A pipe or a device is not waited for."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (mistake,) = load(tmp_path / name, shipped=False).mistakes
    assert mistake.check == "unreadable-file"
    assert words in mistake.message


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere", "there is no such file or folder"),
        ("empty", "no process.yml is in this folder or one folder below"),
        ("notes.txt", "this is neither a folder nor a .yml file"),
        ("a\0b", "there is no such file or folder"),
        ("x" * 300, "cannot be read: File name too long"),
    ],
    ids=["nowhere", "empty", "file", "zero", "long"],
)
def test_folder_without_a_process_is_a_mistake(tmp_path: Path, name: str, told: str) -> None:
    """Given on the command line, or named in the configuration."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    (mistake,) = load(None, [tmp_path / name], shipped=False).mistakes
    assert mistake.check == "unreadable-file"
    assert told in mistake.message


def test_folder_that_the_configuration_names_is_looked_for(tmp_path: Path) -> None:
    """The mistake stands where the name stands."""
    loaded = load(configure(tmp_path))
    assert told(loaded, tmp_path) == [
        ("launchbot.yml", 4, 13, "unknown-process"),
        ("launchbot.yml", 5, 19, "unreadable-file"),
    ]


def test_unreadable_text_is_one_mistake(tmp_path: Path) -> None:
    """A text that is there and cannot be read is not called missing."""
    folder = write(tmp_path / "party")
    (folder / "phase.md.j2").write_bytes(b"a\n\xff")
    loaded = load(None, [folder], shipped=False)
    assert told(loaded, tmp_path) == [("party/phase.md.j2", 2, 1, "unreadable-file")]


LIST = """\
title: Washing up
parameters:
  who: {description: Who does it.}
tasks:
  - id: wash-up
    title: Wash up
    role: "{{ who }}"
    done_when: All is clean.
"""
INCLUDED = PARTY.replace(
    "      - {id: song",
    "      - {include: washing, with: {who: cook}, when: 'place != \"Hall\"'}\n      - {id: song",
)


def put(path: Path, text: str) -> Path:
    """A file with this text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("place", ["party/tasks", "tasks"])
def test_task_list_is_included(tmp_path: Path, place: str) -> None:
    """From the folder of the process, or from beside it."""
    folder = write(tmp_path / "party", INCLUDED)
    path = put(tmp_path / place / "washing.yml", LIST)
    loaded = load(None, [folder], shipped=False)
    assert loaded.mistakes == ()
    task = loaded.processes["party"].tasks()["wash-up"].task
    assert (task.role, task.when) == ("cook", 'place != "Hall"')
    assert loaded.files == (folder / "process.yml", path)


def test_mistake_in_a_task_list_is_told_there(tmp_path: Path) -> None:
    """One in an argument is told where it is given."""
    folder = write(tmp_path / "party", INCLUDED.replace("who: cook", "who: cok"))
    put(tmp_path / "tasks" / "washing.yml", LIST.replace(" title: Wash", " tilte: Wash"))
    assert told(load(None, [folder], shipped=False), tmp_path) == [
        ("party/process.yml", 73, 40, "unknown-role"),
        ("tasks/washing.yml", 5, 5, "missing-key"),
        ("tasks/washing.yml", 6, 5, "unknown-key"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: [", ("tasks/washing.yml", 1, 9, "yaml-syntax")),
        ("titel: x", ("tasks/washing.yml", 1, 1, "unknown-key")),
        ("title: T\ntasks: [{include: washing}]", ("tasks/washing.yml", 2, 19, "include-cycle")),
        (LIST.replace("who", "whom"), ("party/process.yml", 73, 35, "unknown-parameter")),
    ],
)
def test_broken_task_list_keeps_a_process_from_loading(
    tmp_path: Path, text: str, expected: tuple[str, int, int, str]
) -> None:
    """And nothing is missed that it would have."""
    folder = write(tmp_path / "party", INCLUDED)
    put(tmp_path / "tasks" / "washing.yml", text)
    loaded = load(None, [folder], shipped=False)
    assert expected in told(loaded, tmp_path)
    assert "unknown-task" not in {mistake.check for mistake in loaded.mistakes}
    assert loaded.processes == {}


def test_installation_changes_a_process_where_it_is_configured(tmp_path: Path) -> None:
    """Texts, dates and people, without a copy of the definition."""
    write(tmp_path / "processes" / "party")
    put(tmp_path / "own" / "phase.md.j2", "Ours.\n\n{{ tasks }}\n")
    changes = "{texts: own, root: {role: cook}, tasks: {invite: {hint: By hand.}}}"
    loaded = load(configure(tmp_path, f"overrides: {{party: {changes}}}\n"))
    assert loaded.mistakes == ()
    party = loaded.processes["party"]
    assert party.root.role == "cook"
    assert party.tasks()["invite"].task.hint == "By hand."
    assert party.texts["phase.md.j2"].startswith("Ours.")
    assert party.texts["root.md.j2"] == TEXTS["root.md.j2"]


def test_mistake_in_a_change_is_told_where_it_is_written(tmp_path: Path) -> None:
    """Also in a text of the installation's own."""
    write(tmp_path / "processes" / "party")
    put(tmp_path / "own" / "phase.md.j2", "{{ tasks }}\n{{ gest }}\n")
    changes = "{texts: own, root: {role: cok}, tasks: {invit: {hint: x}}}"
    loaded = load(configure(tmp_path, f"overrides: {{party: {changes}}}\n"))
    assert told(loaded, tmp_path) == [
        ("launchbot.yml", 6, 46, "unknown-role"),
        ("launchbot.yml", 6, 67, "unknown-task"),
        ("own/phase.md.j2", 2, 1, "template-variable"),
    ]


@pytest.mark.parametrize("folder", ["nowhere", "a\\0b"])
def test_folder_without_texts_is_a_mistake(tmp_path: Path, folder: str) -> None:
    """Nothing would be changed by it."""
    write(tmp_path / "processes" / "party")
    text = f'overrides: {{party: {{texts: "{folder}"}}}}\n'
    (mistake,) = load(configure(tmp_path, text)).mistakes
    assert mistake.check == "unreadable-file"
    assert "no *.j2 there" in mistake.message


IMAGE = "{provider: Ada, kind: package, editions: [ce], owner: host}"


def test_images_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    """Beside the configuration, of which they are a part."""
    write(tmp_path / "processes" / "party")
    path = put(tmp_path / "images.yml", f"images:\n  - {IMAGE}\n")
    loaded = load(configure(tmp_path))
    assert loaded.mistakes == ()
    assert loaded.configuration is not None
    assert [image.provider for image in loaded.configuration.images] == ["Ada"]
    assert path in loaded.files


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("images: [", "", ("images.yml", 1, 10, "yaml-syntax")),
        ("image: []", "", ("images.yml", 1, 1, "unknown-key")),
        ("- a", "", ("images.yml", 1, 1, "wrong-type")),
        (f"images:\n  - {IMAGE.replace('kind: pack', 'kind: p')}", "", ("images.yml", 2, 27, "")),
        (f"images: [{IMAGE}]", "images: []\n", ("launchbot.yml", 6, 1, "duplicate-key")),
        (f"images: [{IMAGE.replace('host', 'hots')}]", "", ("images.yml", 1, 64, "unknown-role")),
    ],
    ids=["syntax", "unknown key", "no mapping", "unknown kind", "twice", "unknown role"],
)
def test_images_that_cannot_be_read_keep_the_installation_from_loading(
    tmp_path: Path, text: str, more: str, expected: tuple[str, int, int, str]
) -> None:
    """Nothing is opened by mistake for want of them."""
    definition = PARTY.replace("identity:", "catalogue: {provider: guest}\nidentity:")
    write(tmp_path / "processes" / "party", definition)
    put(tmp_path / "images.yml", text)
    loaded = load(configure(tmp_path, more))
    assert [found[:3] for found in told(loaded, tmp_path)][:1] == [expected[:3]]
    assert loaded.configuration is None


LINES = PARTY.splitlines(keepends=True)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["drop", "double", "swap", "put"]),
            st.integers(0, len(LINES) - 1),
            st.text(alphabet="ab:-[]{}&*!?|>'\"%@# \n\t,1.~", max_size=8),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_edit_of_a_definition_breaks_the_loader(
    tmp_path: Path, edits: list[tuple[str, int, str]]
) -> None:
    """Whatever somebody does to a file, there is a process or a mistake with a place."""
    lines = list(LINES)
    for kind, index, text in edits:
        at = index % len(lines)
        match kind:
            case "drop":
                lines[at] = "\n"
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                lines[at], lines[0] = lines[0], lines[at]
            case _:
                lines[at] = f"{lines[at][: len(text)]}{text}{lines[at][len(text) :]}"
    folder = tmp_path / "party"
    if not folder.exists():
        write(folder)
    (folder / "process.yml").write_text("".join(lines))
    loaded = load(None, [folder], shipped=False)
    assert ("party" in loaded.processes) == (loaded.errors == ())
    assert all(mistake.line >= 1 and mistake.column >= 1 for mistake in loaded.mistakes)
