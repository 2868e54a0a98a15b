"""A small GitLab in memory, for tests and trials without a GitLab.

Real REST v4 paths under `/api/v4`, real webhooks, its own clock, faults on request.
It imports nothing else of ours, so that it cannot share our mistakes.
What it models and what it does not: `docs/simulator.md`.
"""

from bot.simulator.app import AnswerLostError, create_app
from bot.simulator.outbox import Delivery
from bot.simulator.server import Served, serve
from bot.simulator.simulator import Simulator

__all__ = ["AnswerLostError", "Delivery", "Served", "Simulator", "create_app", "serve"]
