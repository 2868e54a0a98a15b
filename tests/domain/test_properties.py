"""The four properties that every change must keep, over random human actions."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import ChangeIssue, CreateIssue, WriteStatus
from tests.domain.world import ALICE, BOB, DAVE, World, process

Deed = Callable[[World], object]

_PARTS = ("root", "scope", "build", "tell")
_TASKS = ("talk", "papers", "call", "bake", "oven", "upload", "words", "blog")
_GATES = ("g::locked", "g::open", "g::done")
_LABELS = {"run", *_GATES}


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


deeds = st.one_of(
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

worlds = st.builds(
    lambda opens: World(process(tell=opens)).request(),
    st.sampled_from([{}, {"opens": "when-unlocked"}, {"opens": "on-label", "label": "press::ask"}]),
)


def _play(world: World, story: list[Deed]) -> World:
    world.settle()
    for deed in story:
        deed(world)
        world.settle()
    return world


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
    refusals = world.apply(world.plan().actions)
    if refusals:
        world.refusals = refusals
        assert not world.apply(world.plan().actions)
    assert world.plan().actions == ()


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
    """Bounded: titles, texts and foreign labels stay, nothing is closed, no issue opens twice."""
    last(_play(world, story))
    before = deepcopy(world)
    actions = world.plan().actions
    world.settle()
    for part, issue in before.issues.items():
        now = world.issues[part]
        assert (now.title, now.description) == (issue.title, issue.description)
        assert now.labels - _LABELS == issue.labels - _LABELS
        assert now.confidential or not issue.confidential
    created = [action.part for action in actions if isinstance(action, CreateIssue)]
    assert not {*created} & {*before.issues}
    assert len(created) == len({*created})
    assert not [a for a in actions if isinstance(a, ChangeIssue) and a.state == "closed"]


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
