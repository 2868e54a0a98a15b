"""Domain decides: what a process is, what was seen, and what to change.

Pure: no I/O, no clock, no randomness, no environment, no logging, no async.
"""
