"""Keep uv.lock free of hosts, so that everyone installs from the index that their pip knows.

`strip` removes the addresses that `uv lock` wrote; names, versions and hashes stay.
`pin NAME` prints the requirement of one locked package with its hashes: how uv itself gets in.
It needs nothing but the standard library, because it runs before anything is installed.
"""

import re
import sys
import tomllib
from pathlib import Path

LOCK = Path("uv.lock")

_FILE = re.compile(r'\burl = "[a-z+]+://[^"]*/([^"/]+)"')
_REGISTRY = re.compile(r'\bregistry = "[a-z+]+://[^"]*"')


def strip(lock: str) -> str:
    """The lock without addresses: files by their name, the registry as `.`."""
    return _REGISTRY.sub('registry = "."', _FILE.sub(r'filename = "\1"', lock))


def pin(lock: str, name: str) -> str:
    """The requirement of the package as the lock has it, in pip's format, with every hash."""
    package = next(p for p in tomllib.loads(lock)["package"] if p["name"] == name)
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    hashes = " ".join(f"--hash={file['hash']}" for file in files)
    return f"{name}=={package['version']} {hashes}"


def main(arguments: list[str]) -> None:
    """Run one of the two verbs on the lock of this folder."""
    match arguments:
        case ["strip"]:
            LOCK.write_text(strip(LOCK.read_text()))
        case ["pin", name]:
            print(pin(LOCK.read_text(), name))
        case _:
            sys.exit("usage: lock.py strip | lock.py pin NAME")


if __name__ == "__main__":
    main(sys.argv[1:])
