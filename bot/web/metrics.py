"""What can be counted, for Prometheus.

Labels have few values, none of which comes from a payload or names a launch.
"""

from collections.abc import Callable
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from bot.domain.errors import UserError


class Metrics:
    """The counters of one process, in a registry of its own.

    `depth` gives the number of keys in the queue; it is asked when somebody looks.
    """

    def __init__(self, depth: Callable[[], int]) -> None:
        self._depth = depth
        self._registry = CollectorRegistry()
        self._deliveries = Counter(
            "launchbot_deliveries",
            "Webhook deliveries, by what came of them.",
            ["outcome"],
            registry=self._registry,
        )
        # To look a counter up by its label takes longer than to count.
        self._delivery = cache(self._deliveries.labels)
        self._reconciles = Counter(
            "launchbot_reconciles",
            "Keys worked on, by what came of it.",
            ["outcome"],
            registry=self._registry,
        )
        self._calls = Counter(
            "launchbot_gitlab_calls",
            "Calls of the GitLab API, by method and status (0: no answer).",
            ["method", "status"],
            registry=self._registry,
        )
        queue = Gauge("launchbot_queue_depth", "Keys that wait.", registry=self._registry)
        queue.set_function(self._queue_depth)

    def delivery(self, outcome: str) -> None:
        """Count a delivery."""
        self._delivery(outcome).inc()

    def deliveries(self) -> int:
        """How many deliveries were counted."""
        samples = (sample for metric in self._deliveries.collect() for sample in metric.samples)
        return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))

    def reconcile(self, outcome: str) -> None:
        """Count a key that was worked on: done, transient, permanent or fault."""
        self._reconciles.labels(outcome).inc()

    def gitlab_call(self, method: str, status: int) -> None:
        """Count a call of the GitLab API; status 0 means that no answer came."""
        self._calls.labels(method, str(status)).inc()

    def render(self) -> bytes:
        """The counters as Prometheus reads them."""
        return generate_latest(self._registry)

    def _queue_depth(self) -> float:
        """Not a number while the database cannot be read: the other counters still count."""
        try:
            return self._depth()
        except UserError:
            return float("nan")
