"""The rules about when: what GitLab holds, when it was merged, whether the launch goes on.

They compare moments; texts are not looked at here.
"""

from datetime import datetime

from bot.domain.alignment.facts import Case
from bot.domain.alignment.finding import HOLDS, Finding, fails, waits

_GOES_ON = {"running", "live"}
_NO_DATE = "The launch has no date, so nobody knows when to merge. Give the launch a date."


def running(case: Case) -> Finding:
    """The launch goes on, or has arrived."""
    if case.launch.state in _GOES_ON:
        return HOLDS
    return fails(f"The launch is {case.launch.state}. Do not merge before it goes on.")


def milestone(case: Case) -> Finding:
    """The launch date lies within the milestone."""
    given, day = case.request.milestone, case.launch.day
    if given is None or day is None:
        return HOLDS
    begun = given.start is None or given.start <= day
    if begun and (given.due is None or day <= given.due):
        return HOLDS
    return fails(f"The launch is on {day}, outside of its milestone. Choose another milestone.")


def merge_after(case: Case) -> Finding:
    """Before the moment GitLab holds it until then; afterwards it holds it no more."""
    opens, ends, held = case.opens(), case.ends(), case.request.merge_after
    if case.request.state == "merged":
        return HOLDS
    if opens is None:
        return fails(_NO_DATE)
    if case.is_early() and (held is None or held < opens):
        return fails(f"GitLab would let it be merged before {_shown(opens)}. {_set(opens)}")
    if held and held > case.now and ends and held >= ends:
        return fails(f"GitLab holds it for longer than the launch wants. {_set(opens)}")
    return HOLDS


def _set(opens: datetime) -> str:
    return f"Set `Merge can start after` to {_shown(opens)}, and wait for the next verdict."


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def not_early(case: Case) -> Finding:
    """It was not merged before the moment."""
    opens, merged = case.opens(), case.request.merged_at
    if merged is None or (opens is not None and merged >= opens):
        return HOLDS
    return fails("It was merged before the launch. Revert it, and open it again for the launch.")


def not_late(case: Case) -> Finding:
    """It is merged before the window ends."""
    ends, merged = case.ends(), case.request.merged_at
    if merged is not None:
        late = ends is not None and merged >= ends
        return fails("It was merged late. Tell the launch's owner.") if late else HOLDS
    if case.is_early():
        return HOLDS
    if ends is not None and case.now >= ends:
        return fails(f"It was to be merged by {_shown(ends)}. Merge it now.")
    return waits("The launch moment has come. Merge it now.")
