"""Everything that touches GitLab, joined on one client: one for each thread."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.configuration import Configuration
from bot.domain.markers import Keyring
from bot.domain.process import Process
from bot.gitlab.apply import Writer
from bot.gitlab.client import Client
from bot.gitlab.directory import Directory, Known
from bot.gitlab.documents import Documents
from bot.gitlab.find import Finder
from bot.gitlab.kept import Kept, Shelf
from bot.gitlab.observe import Reader
from bot.gitlab.releases import Releases


@dataclass(frozen=True, slots=True)
class Access:
    """GitLab as one thread of the bot uses it."""

    directory: Directory
    finder: Finder
    reader: Reader
    writer: Writer
    documents: Documents
    releases: Releases


def connect(
    client: Client,
    *,
    configuration: Configuration,
    processes: Mapping[str, Process],
    keyring: Keyring,
    shelf: Shelf,
    known: Known,
) -> Access:
    """The reader and the writer over one client; `known` is shared between threads."""
    directory = Directory(client, configuration, known)
    finder = Finder(client, directory, keyring, processes)
    documents = Documents(client, directory, finder, keyring, processes)
    reader = Reader(
        client=client,
        directory=directory,
        finder=finder,
        keyring=keyring,
        processes=processes,
        kept=Kept(client, directory, finder, keyring, shelf),
        documents=documents,
    )
    writer = Writer(client, finder, keyring)
    releases = Releases(client, directory, processes, keyring)
    return Access(directory, finder, reader, writer, documents, releases)
