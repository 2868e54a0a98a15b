"""One simulated GitLab: its data, time, deliveries, counters and faults in one place.

Holds them together and nothing more; rules live in their own modules.
"""

import threading
from datetime import datetime

from bot.simulator.accounts import new_token, new_user
from bot.simulator.calls import Calls
from bot.simulator.clock import Clock
from bot.simulator.faults import Faults
from bot.simulator.model import User
from bot.simulator.outbox import Outbox
from bot.simulator.state import State

DEFAULT_URL = "http://gitlab.test"
VERSION = "19.2.0-ee"
TIERS = ("free", "premium")


class Simulator:
    """A GitLab in memory that starts with nothing but the administrator `root` and a token.

    `tier` is `free` or `premium`. `url` is the base of every `web_url` and may be set later.
    `now` freezes the clock until it is moved; None follows real time.
    `event_uuid` is the `X-Gitlab-Event-UUID` of the call that runs now.
    `lock` is held while a call runs; hold it to look at `state` from another thread.
    """

    def __init__(
        self,
        root_token: str = "root-token-0123456789",  # noqa: S107 - a made-up world's own token
        tier: str = "premium",
        url: str = DEFAULT_URL,
        now: datetime | None = None,
    ) -> None:
        self._root_token = root_token
        self._tier = "premium"
        self.tier = tier
        self.url = url.rstrip("/")
        self.version = VERSION
        self.lock = threading.RLock()
        self.clock = Clock(now)
        self.outbox = Outbox(self.clock)
        self.calls = Calls()
        self.faults = Faults()
        self.state = State()
        self.event_uuid: str | None = None
        self.hook_chains: dict[str, tuple[datetime, set[int]]] = {}
        self.recent_calls: dict[str | None, tuple[int, int]] = {}
        self.recent_writes: dict[tuple[str, int, int], list[datetime]] = {}
        self._add_root()

    @property
    def tier(self) -> str:
        """The licence: `free` or `premium`."""
        return self._tier

    @tier.setter
    def tier(self, tier: str) -> None:
        if tier not in TIERS:
            raise ValueError(f"tier must be one of {', '.join(TIERS)}, not {tier}")
        self._tier = tier

    @property
    def premium(self) -> bool:
        """Whether Premium features are there."""
        return self._tier == "premium"

    @property
    def root(self) -> User:
        """The administrator."""
        return self.state.users[1]

    def reset(self) -> None:
        """Forget all data, deliveries, counters and faults; time, tier and URL stay."""
        with self.lock:
            self.state = State()
            self.outbox.take()
            self.calls.clear()
            self.faults.clear()
            self.hook_chains.clear()
            self.recent_writes.clear()
            self._add_root()

    def _add_root(self) -> None:
        now = self.clock.now()
        root = new_user(self.state, now, "root", "Administrator", "admin@example.com")
        root.admin = True
        scopes = ("api", "admin_mode", "sudo")
        new_token(self.state, now, root, name="root", scopes=scopes, value=self._root_token)
