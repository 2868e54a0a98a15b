"""A launch gets the part of a process that its inputs ask for."""

from typing import Any

from bot.domain.fitting import fit
from bot.domain.process import Process
from tests.domain.definitions import process


def names(fitted: Process) -> list[str]:
    """The ids of all tasks."""
    return list(fitted.tasks())


def conditional(**changes: Any) -> Process:
    """The party with some parts under a condition."""
    return process(**changes)


def test_process_without_conditions_is_as_it_was() -> None:
    """The definition that a launch keeps to is the one that people wrote."""
    whole = process()
    assert fit(whole, {}) is whole


def test_task_is_there_where_its_condition_holds() -> None:
    """With its sub-items, and without the condition, which is decided."""
    whole = conditional(phases__plan__tasks__1__when='place == "Garden"')
    fitted = fit(whole, {"place": "Garden"})
    assert names(fitted) == names(process())
    assert fitted == process()
    assert fit(fitted, {"place": "Hall"}) is fitted


def test_task_is_left_out_with_its_sub_items() -> None:
    """What needs it needs what it would have needed."""
    whole = conditional(phases__plan__tasks__1__when='place == "Garden"')
    fitted = fit(whole, {"place": "Hall"})
    assert names(fitted) == ["invite", "cake", "song"]
    assert fitted.tasks()["cake"].task.needs == ("invite", "song")


def test_sub_item_is_left_out_alone() -> None:
    """The rest of its task stays."""
    whole = conditional(phases__plan__tasks__1__tasks__0__when='place == "Garden"')
    assert "eggs" not in names(fit(whole, {}))
    assert "wine" in names(fit(whole, {}))


def test_phase_is_left_out_with_its_tasks() -> None:
    """A phase behind it waits for those before it."""
    whole = conditional(phases__food__when='place == "Garden"', phases__music__after=["food"])
    fitted = fit(whole, {"place": "Hall"})
    assert list(fitted.phases) == ["plan", "music"]
    assert fitted.phases["music"].after == ("plan",)
    kept = fit(whole, {"place": "Garden"})
    assert kept.phases["music"].after == ("food",)
    assert kept.phases["food"].when is None


def test_nothing_is_waited_for_twice() -> None:
    """Two that are left out may have waited for the same."""
    whole = conditional(
        phases__plan__tasks__1__when='place == "Garden"',
        phases__plan__tasks__1__tasks__0__needs=["shop", "invite"],
        phases__food__tasks__0__needs=["eggs", "shop", "invite"],
    )
    assert fit(whole, {}).tasks()["cake"].task.needs == ("invite",)


def test_documentation_goes_with_its_phase() -> None:
    """And needs no task that is left out."""
    written = {
        "project": "house",
        "phase": "food",
        "paths": ["docs/**"],
        "section": "guest",
        "reviewers": "cook",
        "needs": ["shop"],
    }
    some = 'place == "Garden"'
    whole = conditional(documentation=written, phases__plan__tasks__1__when=some)
    kept = fit(whole, {}).documentation
    assert kept is not None
    assert kept.needs == ("invite",)
    gone = conditional(documentation=written, phases__food__when=some)
    assert fit(gone, {}).documentation is None
    assert fit(gone, {"place": "Garden"}).documentation is not None
