"""gidgetlab as its documentation sets it up, without the pause that it makes by default.

Its handler does nothing: what is measured is how fast deliveries are taken, and it keeps none.
`python benchmarks/gidgetlab_server.py PORT SECRET`, where gidgetlab is installed.
"""

import sys
from typing import Any

from gidgetlab.aiohttp import GitLabBot


async def _heard(_event: Any, _gitlab: Any) -> None:
    """A handler that does nothing."""


def main(port: str, secret: str) -> None:
    """Serve until killed."""
    bot = GitLabBot("launchbot", secret=secret, access_token="none", wait_consistency=False)  # noqa: S106 -- it calls nobody
    bot.router.add(_heard, "Issue Hook")
    bot.run(host="127.0.0.1", port=int(port), print=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
