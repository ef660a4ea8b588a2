"""The manifest as Python needs it: what to fetch, what to do to it, and the hashes that must come out."""

import hashlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path


class Refused(Exception):
    """Something is not what the manifest says."""


@dataclass
class Source:
    manager: str
    package: str
    version: str
    path: str
    sha256: str
    offset: int | None = None
    length: int | None = None


@dataclass
class Item:
    file: str
    source: Source
    steps: list[str]
    sha256: str

    def __post_init__(self) -> None:
        self.pins: dict[str, str] = {}

    def is_in(self, store: Path) -> bool:
        path = store / self.file
        return path.is_file() and sha256_of(path) == self.sha256

    def pin_shipped(self, data: bytes) -> None:
        self._pin(self.source.sha256, data)
        self.source.sha256 = sha256(data)

    def pin_prepared(self, data: bytes) -> None:
        self._pin(self.sha256, data)
        self.sha256 = sha256(data)

    def _pin(self, old: str, data: bytes) -> None:
        if old != sha256(data):
            self.pins[old] = sha256(data)


def read(path: Path) -> list[Item]:
    tables = tomllib.loads(path.read_text())
    if tables["schema"] != 1:
        raise Refused(f"{path.name}: schema {tables['schema']} is not one this script reads")
    return [item(table) for table in [tables["runtime"], *tables["model"], *tables["asset"]]]


def item(table: dict) -> Item:
    source = Source(**table["source"])
    prepared = table.get("prepared", {"steps": [], "sha256": source.sha256})
    return Item(table["file"], source, prepared["steps"], prepared["sha256"])


def write_pins(path: Path, items: list[Item]) -> None:
    text = path.read_text()
    for old, new in {old: new for item in items for old, new in item.pins.items()}.items():
        text = text.replace(f'"{old}"', f'"{new}"')
        print(f"models: pinned {new} (was {old})")
    write_atomically(path, text.encode())


def require(data: bytes, expected: str, name: str) -> None:
    found = sha256(data)
    if found != expected:
        raise Refused(f"{name} has a wrong sha256: expected {expected}, found {found}")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """Nobody ever sees half a file under the final name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
