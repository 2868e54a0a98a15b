"""The demo: a simulated GitLab, the bot and a seeded world in one process.

It plays people, and only through GitLab's API, as anybody could.
"""
