"""Launchbot: runs a process that several teams share, inside GitLab."""
