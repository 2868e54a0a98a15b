"""Steering: what commands and people's hands do to a launch, as changes of its record.

`inbox` finds the comments that have not been heard, `run` carries them out by `effects`.
It must not write: the planner makes actions of what the record wants.
"""
