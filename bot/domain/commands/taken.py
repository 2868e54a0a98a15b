"""Words that cannot begin our commands, because GitLab acts on them itself.

GitLab takes a line with one of its own names out of the comment, even where it may not be used
(https://docs.gitlab.com/user/project/quick_actions/), so we would never see it.
It must not know which word an installation has chosen.
"""

import re

FREE = "launch"
"""A word that GitLab does not use."""

_NOW = """
add_child add_contacts add_email approve assign assign_reviewer award blocked_by blocks
board_move checkin_reminder clear_health_status clear_weight clone close confidential
convert_to_ticket copy_metadata create_merge_request done draft due duplicate epic estimate
estimate_time health_status iteration label labels link lock merge milestone move page promote_to
promote_to_incident publish react ready reassign reassign_reviewer rebase relabel relate
remove_child remove_contacts remove_due_date remove_email remove_estimate remove_iteration
remove_label remove_milestone remove_parent remove_reviewer remove_time_estimate
remove_time_spent remove_zoom reopen request_review reviewer run_pipeline set_parent severity
shrug spend spend_time status submit_review subscribe tableflip tag target_branch timeline title
todo type unapprove unassign unassign_reviewer unlabel unlink unlock unsubscribe weight zoom
"""
_FORMERLY = """
attention cc child_epic invite_email parent_epic promote q remove_child_epic remove_epic
remove_parent_epic wip
"""
QUICK_ACTIONS = frozenset(f"{_NOW}{_FORMERLY}".split())
"""The names of GitLab's quick actions, also of those that older versions have."""

_WORD = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


def objection(word: str) -> str | None:
    """Why a word cannot begin commands; None if it can."""
    if not _WORD.fullmatch(word):
        return "is no word for commands: write small letters and digits, joined by - or _"
    return "is a quick action of GitLab, which takes it out of comments" if _taken(word) else None


def suggestion(word: str) -> str:
    """A word that can begin commands, as near to the given one as possible."""
    near = re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-0123456789")
    return near if objection(near) is None else FREE


def _taken(word: str) -> bool:
    return word in QUICK_ACTIONS or word.replace("-", "_") in QUICK_ACTIONS
