"""The four properties that every change must keep, over random human actions."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import ChangeIssue, CreateIssue, WriteStatus
from bot.domain.commands.table import VERBS
from bot.domain.observed import Member, Person, Refusal
from bot.domain.process import Process
from bot.domain.record import Holder, Place
from tests.domain.world import ALICE, BOB, CAROL, DAVE, World, definition, process

Deed = Callable[[World], object]

_PARTS = ("root", "scope", "build", "tell")
_TASKS = ("talk", "papers", "call", "bake", "oven", "upload", "words", "blog")
_GATES = ("g::locked", "g::open", "g::done")
_LABELS = {"run", *_GATES}
_OURS = {"ask", *_LABELS}
_BOX = re.compile(r"\[[ x~]\]")


def _there(world: World, part: str) -> bool:
    return part in world.issues and part not in world.hidden


def _edit(part: str, **changes: object) -> Deed:
    return lambda world: world.edit(part, **changes) if _there(world, part) else None


def _tick(task: str, box: str) -> Deed:
    part = process().tasks()[task].phase
    return lambda world: world.tick(task, box=box) if _there(world, part) else None


def _finish(phase: str) -> Deed:
    return lambda world: world.finish(phase) if _there(world, phase) else None


def _relabel(part: str, labels: list[str]) -> Deed:
    return lambda world: world.relabel(part, *labels) if _there(world, part) else None


def _ask(world: World) -> None:
    root = world.issues.get("root")
    if root:
        world.edit("root", labels=root.labels | {"press::ask"})


def _unlink(part: str) -> Deed:
    return lambda world: world.linked.discard(part)


def _hide(part: str) -> Deed:
    return lambda world: world.hidden.add(part) if part in world.issues else None


def _show(world: World) -> None:
    world.hidden.clear()


def _refuse(key: str) -> Deed:
    return lambda world: world.refuse.__setitem__(key, "No.")


def _allow(world: World) -> None:
    world.refuse.clear()


def _holder(role: str) -> Deed:
    return lambda world: world.people.__setitem__(role, (DAVE,))


def _move(part: str, project: int) -> Deed:
    return lambda world: world.move(part, project) if _there(world, part) else None


def _lose(label: str, project: int) -> Deed:
    return lambda world: world.lose(label, project=project)


def _find_labels(world: World) -> None:
    world.gone.clear()


def _say(part: str, person: Person, lines: list[str]) -> Deed:
    body = "\n".join(f"/launch {line}" for line in lines)
    return lambda world: world.say(part, person, body) if part in world.issues else None


def _rewrite(part: str, lines: list[str]) -> Deed:
    body = "\n".join(f"/launch {line}" for line in lines)
    return lambda world: world.rewrite(part, body) if world.comments.get(part) else None


def _by(part: str, deed: str, person: Person) -> Deed:
    """Somebody does by hand what is judged by who did it."""
    return lambda world: world.hands.__setitem__(f"{part}.{deed}", person)


def _join(person: Person, member: Member) -> Deed:
    return lambda world: world.members.__setitem__(person.id, member)


def _stand_in(role: str, days: int) -> Deed:
    def deed(world: World) -> None:
        until = (world.now + timedelta(days=days)).date()
        world.stand_ins[role] = Holder(id=DAVE.id, username="dave", until=until)

    return deed


_COMMANDS = (
    "start small",
    "set partner=Other",
    'set note="what else"',
    "status",
    "why",
    "why build",
    "why upload",
    "assign makers @dave",
    "assign tell me",
    "assign bake @carol",
    "effort build 3d",
    "due tell +5bd",
    "due words 2026-05-05",
    "done talk",
    "done upload https://example.com/1",
    "undo papers",
    "skip call because nobody asked",
    "skip oven because it is warm",
    "unlock build because of time",
    "close scope because it is enough",
    "close tell because it is enough",
    "waiting partner because they read it",
    "partner replied",
    "escalate because it is late",
    "docs !12",
    "date 2026-07-01 because they asked",
    "go",
    "no-go because it rains",
    "live",
    "pause because of the summer",
    "resume",
    "cancel because they left",
    "delegate makers @dave until +5bd",
    "delegate sales @bob",
    "reinstate sales",
    "plan close build because x",
    "help",
    "nonsense",
)
_PEOPLE = (ALICE, BOB, CAROL, DAVE)
_MEMBERS = (Member(), Member(10), Member(15), Member(40), Member(50, blocked=True))

_lines = st.lists(st.sampled_from(_COMMANDS), min_size=1, max_size=3)
_people = st.sampled_from(_PEOPLE)
_where = st.sampled_from(("request", *_PARTS))
comments = st.one_of(
    st.builds(_say, _where, _people, _lines),
    st.builds(_rewrite, _where, _lines),
)
hands = st.one_of(
    st.builds(_by, st.sampled_from(_PARTS), st.sampled_from(("closed", "reopened")), _people),
    st.builds(_by, st.sampled_from(_PARTS[1:]), st.just("gate"), _people),
    st.builds(_join, _people, st.sampled_from(_MEMBERS)),
    st.builds(_stand_in, st.sampled_from(("sales", "makers")), st.integers(0, 9)),
)

others = st.one_of(
    st.builds(_edit, st.sampled_from(_PARTS), closed=st.booleans()),
    st.builds(
        _edit, st.sampled_from(_PARTS), assignees=st.sampled_from([(), (ALICE,), (BOB, DAVE)])
    ),
    st.builds(
        _edit,
        st.sampled_from(_PARTS),
        due=st.none() | st.dates(date(2026, 3, 3), date(2026, 9, 1)),
    ),
    st.builds(_edit, st.sampled_from(_PARTS), confidential=st.just(value=True)),
    st.builds(_edit, st.sampled_from(_PARTS), description=st.just("wiped")),
    st.builds(_tick, st.sampled_from(_TASKS), st.sampled_from("x ~")),
    st.builds(_finish, st.sampled_from(_PARTS[1:])),
    st.builds(_relabel, st.sampled_from(_PARTS[1:]), st.lists(st.sampled_from(_GATES), max_size=2)),
    st.builds(lambda days: lambda world: world.wait(days), st.integers(0, 40)),
    st.builds(_unlink, st.sampled_from((*_PARTS[1:], "request"))),
    st.builds(_hide, st.sampled_from(_PARTS[1:])),
    st.builds(_refuse, st.sampled_from(["scope.assignee", "tell.create", "unlocked.build.1"])),
    st.builds(_holder, st.sampled_from(["sales", "makers"])),
    st.builds(_move, st.sampled_from(_PARTS), st.sampled_from([3, 9])),
    st.builds(_lose, st.sampled_from(sorted(_LABELS)), st.sampled_from([1, 2])),
    st.sampled_from([_show, _allow, _ask, _find_labels]),
    st.sampled_from([World.forget, World.spoil, World.remember, World.resume]),
)

# As much talk as deeds.
deeds = st.booleans().flatmap(lambda talks: comments if talks else st.one_of(others, hands))


def _process(opens: Mapping[str, Any], votes: Sequence[str]) -> Process:
    note = {"title": "Note", "example": "x", "required": False}
    base = definition(tell=opens)
    inputs = {**base["inputs"], "note": note}
    rungs = ["sales", "makers", "writers"]
    more = {"inputs": inputs, "votes": votes, "escalation": rungs}
    return Process.model_validate({**base, **more})


def _world(opens: Mapping[str, Any], votes: Sequence[str]) -> World:
    world = World(_process(opens, votes)).request()
    world.requests[""] = Place(id=5, project=3, iid=12)
    return world


worlds = st.builds(
    _world,
    st.sampled_from([{}, {"opens": "when-unlocked"}, {"opens": "on-label", "label": "press::ask"}]),
    st.sampled_from([(), ("makers", "writers")]),
)


def _play(world: World, story: list[Deed]) -> World:
    world.settle()
    for deed in story:
        deed(world)
        world.settle()
    return world


def test_every_command_is_among_what_people_do() -> None:
    """A new one needs its line above."""
    assert {line.split()[0] for line in _COMMANDS} - {"nonsense"} == {*VERBS}


@given(worlds, st.lists(deeds, max_size=12), deeds)
def test_the_same_observation_gives_the_same_plan(
    world: World, story: list[Deed], last: Deed
) -> None:
    """Deterministic: the same process and observation give the same plan, in the same order."""
    last(_play(world, story))
    assert world.plan() == world.plan()


@given(worlds, st.lists(deeds, max_size=12), deeds)
def test_an_applied_plan_leaves_nothing_to_do(world: World, story: list[Deed], last: Deed) -> None:
    """Convergent: apply the plan, observe again, and the next plan is empty; refused or not."""
    last(_play(world, story))
    if refusals := _reconciled(world):
        world.refusals = refusals
        assert not _reconciled(world)
    assert world.plan().actions == ()


def _reconciled(world: World) -> tuple[Refusal, ...]:
    """What was refused in one go; a plan that has consequences asks for a second look."""
    refusals: tuple[Refusal, ...] = ()
    for _ in range(3):
        wanted = world.plan()
        refusals += world.apply(wanted.actions)
        if not wanted.again:
            break
    return refusals


@given(worlds, st.lists(deeds, max_size=8), deeds, st.data())
def test_a_plan_cut_anywhere_comes_to_the_same_end(
    world: World, story: list[Deed], last: Deed, data: st.DataObject
) -> None:
    """Prefix-safe: stop after any action, reconcile again: same end, nothing doubled."""
    last(_play(world, story))
    whole, cut = deepcopy(world), deepcopy(world)
    actions = world.plan().actions
    where = data.draw(st.integers(0, len(actions)), label="actions carried out before the cut")
    whole.settle()
    cut.apply(actions[:where])
    cut.refusals = ()
    cut.settle()
    assert _end(cut) == _end(whole)


@given(worlds, st.lists(deeds, max_size=12), deeds)
def test_a_plan_touches_only_what_the_bot_manages(
    world: World, story: list[Deed], last: Deed
) -> None:
    """Bounded: titles, texts and foreign labels stay, no issue is opened twice.

    Only boxes change in texts, and only what somebody decided on is closed.
    """
    last(_play(world, story))
    before = deepcopy(world)
    actions = world.plan().actions
    world.settle()
    for part, issue in before.issues.items():
        now = world.issues[part]
        assert now.title == issue.title
        assert _BOX.sub("", now.description) == _BOX.sub("", issue.description)
        assert now.labels - _OURS == issue.labels - _OURS
        assert now.confidential or not issue.confidential
    created = [action.part for action in actions if isinstance(action, CreateIssue)]
    assert not {*created} & {*before.issues}
    assert len(created) == len({*created})
    closed = {a.part for a in actions if isinstance(a, ChangeIssue) and a.state == "closed"}
    assert not [part for part in closed if not _is_decided(world, part)]


def _is_decided(world: World, part: str) -> bool:
    """Whether somebody decided by a command that a part is closed, or was not to reopen it."""
    record = world.record()
    decided = {"cancel", f"{part}.state"} & {*record.deeds}
    return bool(decided) or f"{part}.reopened" in record.corrected


@given(worlds, st.lists(deeds, max_size=12), st.lists(st.integers(0, 6), min_size=12, max_size=12))
def test_no_command_line_runs_twice(world: World, story: list[Deed], cuts: list[int]) -> None:
    """Whatever is edited, lost and cut off: what has an effect each time has it once a comment."""
    world.settle()
    escalating = set[tuple[datetime, int]]()
    for deed, cut in zip(story, cuts, strict=False):
        deed(world)
        said = (comment for comments in world.comments.values() for comment in comments)
        escalating |= {(c.created_at, c.author.id) for c in said if "escalate" in c.body}
        world.apply(world.plan().actions[:cut])
        world.settle()
    told = Counter(key for _, key in world.notes if key.startswith("escalated."))
    assert told.total() <= len(escalating)


@given(worlds, st.lists(deeds, max_size=12))
def test_every_comment_is_answered_once(world: World, story: list[Deed]) -> None:
    """As it was written, and once more for each edit that has new lines.

    GitLab takes a reaction of one user once (https://docs.gitlab.com/api/emoji_reactions/): it may
    be given again while something beside it was refused.
    """
    world.settle()
    versions = Counter[int]()
    for deed in story:
        before = _bodies(world)
        deed(world)
        versions.update(number for number, _ in _bodies(world) - before)
        world.settle()
    assert Counter(number for number, _ in {*world.reactions}) <= versions


def _bodies(world: World) -> set[tuple[int, str]]:
    return {(said.id, said.body) for comments in world.comments.values() for said in comments}


@given(worlds, st.lists(deeds, max_size=12), st.integers(1, 5))
def test_days_alone_cost_no_comment(world: World, story: list[Deed], days: int) -> None:
    """Time passing may change the overview; it never comments, and never moves a gate."""
    _play(world, story)
    world.refuse.clear()
    world.wait(1).settle()
    gates, notes = world.gates(), {**world.notes}
    world.wait(days).settle()
    assert (world.gates(), world.notes) == (gates, notes)


def _end(world: World) -> object:
    record = world.record()
    notes = {key: note.text for key, note in world.notes.items()}
    kept = record.model_copy(update={"revision": 0})
    status = replace(world.status, record=None) if world.status else None
    return world.issues, world.linked, notes, status, kept, world.definition


def test_the_status_note_is_written_at_most_twice_for_one_change() -> None:
    """One write says what is intended, one that it is done; a tick needs a single one."""
    world = World(process()).request().settle()
    writes = [a for a in world.tick("talk").plan().actions if isinstance(a, WriteStatus)]
    assert len(writes) == len(world.plan().actions) == 1
    writes = [a for a in world.finish("scope").plan().actions if isinstance(a, WriteStatus)]
    assert len(writes) == 2
