"""Tests of the simulated GitLab, through HTTP."""
