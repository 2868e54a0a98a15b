"""Our receiver with its queue, as `launchbot serve` joins them, and without workers.

gidgetlab has none either: what is measured is how fast deliveries are taken and kept.
`python -m benchmarks.receiver_server`, with the settings of `launchbot serve` in the environment.
"""

import socket

from bot.bootstrap import Installation, assemble, set_up_logs, web_app
from bot.domain.configuration import Configuration
from bot.loader import load
from bot.settings import Settings
from bot.web.server import server


def main() -> None:
    """Serve until killed."""
    settings = Settings.load()
    set_up_logs(settings, colours=False)
    processes = load(None).processes
    bot = assemble(settings, Installation(Configuration(projects={}, roles={}), processes))
    with socket.create_server((settings.host, settings.port), backlog=2048) as listener:
        server(web_app(bot)).run([listener])


if __name__ == "__main__":
    main()
