"""Builds the server and says how far it is: python3 scripts/build.py [ARGUMENT OF cargo build ..]

Cargo counts crates, but a few of them take most of the time: the bar weighs each by what it took when it was measured, and
follows a long one by its pace so far. A build of less than two seconds says nothing.
"""

import json
import os
import subprocess
import sys
import threading
import time

# Rough seconds in a cold build on two cores (2026-12-01): what takes long, by crate and part; everything else takes OTHER.
WEIGHTS = {
    ("rastau", "lib"): 97,
    ("opencv", "script"): 52,
    ("aws-lc-sys", "script"): 27,
    ("image", "lib"): 12,
    ("sqlx-postgres", "lib"): 12,
    ("libsqlite3-sys", "script"): 11,
    ("moxcms", "lib"): 10,
    ("rustls", "lib"): 9,
    ("webauthn-authenticator-rs", "lib"): 7,
    ("tokio", "lib"): 6,
    ("reqwest", "lib"): 5,
    ("sqlx-sqlite", "lib"): 5,
}
OTHER = 0.43
UNITS = 645
TOTAL = sum(WEIGHTS.values()) + OTHER * UNITS
QUIET_SECONDS = 2
WIDTH = 30


class Progress:
    """What is done, in seconds of the measured build."""

    def __init__(self, now):
        self.began = now
        self.done = 0.0
        self.built = 0.0
        self.units = 0
        self.running = {}
        self.ended = set()
        self.shown = 0.0

    def starts(self, crate, now):
        self.running.setdefault(crate, now)

    def ends(self, crate, part, fresh, now):
        """`part`: `script` for a build script that has run, `lib`, or anything else."""
        weight = WEIGHTS.get((crate, part), OTHER)
        self.units += 1
        self.done += weight
        self.ended.add((crate, part))
        if fresh:
            # Not waited for: it says nothing about the pace.
            self.began = now
        else:
            self.built += weight
        if part == "lib":
            self.running.pop(crate, None)

    def pace(self, now):
        """Measured seconds a second of this machine; 1 until it is known."""
        elapsed = now - self.began
        return self.built / elapsed if elapsed > 10 and self.built > 20 else 1.0

    def share(self, now):
        """From 0 to 1, and never back."""
        pace, under_way = self.pace(now), 0.0
        for crate, since in self.running.items():
            weights = (WEIGHTS.get((crate, part), 0) for part in ("script", "lib") if (crate, part) not in self.ended)
            under_way += min(0.95 * sum(weights), (now - since) * pace)
        self.shown = max(self.shown, min(0.99, (self.done + under_way) / TOTAL))
        return self.shown

    def left(self, now):
        """Seconds to the end, roughly; `None` until there is something to go by."""
        share = self.share(now)
        return (1 - share) * TOTAL / self.pace(now) if now - self.began > 10 else None


class Screen:
    """A bar that is drawn over itself, or a line at each tenth where nobody looks on."""

    def __init__(self, out):
        self.out = out
        self.alive = out.isatty()
        self.tenth = 0

    def draw(self, progress, now):
        share, left = progress.share(now), progress.left(now)
        text = f"{share:4.0%}, {progress.units} crates and scripts" + (f", {spoken(left)} left" if left else "")
        if self.alive:
            full = round(WIDTH * share)
            self.out.write(f"\r\033[K[{'=' * full}{' ' * (WIDTH - full)}] {text}")
            self.out.flush()
        elif int(share * 10) > self.tenth:
            self.tenth = int(share * 10)
            print(text.strip(), file=self.out, flush=True)

    def say(self, line):
        if self.alive:
            self.out.write("\r\033[K")
        print(line, file=self.out, flush=True)

    def end(self):
        if self.alive:
            self.out.write("\r\033[K")
            self.out.flush()


def spoken(seconds):
    return f"about {round(seconds / 60)} min" if seconds >= 90 else f"about {max(10, round(seconds, -1)):.0f} s"


def crate_of(message):
    """The crate's name out of a package id: `registry+..#name@1.2.3`, `path+..#1.2.3` or `path+..#name@1.2.3`."""
    package = message.get("package_id", "")
    place, _, named = package.partition("#")
    name, at, _ = named.partition("@")
    return name if at else place.rstrip("/").rsplit("/", 1)[-1]


def main(arguments):
    cargo = subprocess.Popen(
        ["cargo", "build", "--message-format=json-render-diagnostics", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env={**os.environ, "CARGO_TERM_PROGRESS_WHEN": "never"},
    )
    began = time.monotonic()
    progress, screen, lock = Progress(began), Screen(sys.stderr), threading.Lock()

    def listen():
        for line in cargo.stderr:
            words = line.split()
            with lock:
                if words[:1] == ["Compiling"] and len(words) > 1:
                    progress.starts(words[1], time.monotonic())
                elif words[:1] != ["Downloaded"]:
                    screen.say(line.rstrip("\n"))

    def watch():
        while cargo.poll() is None:
            time.sleep(0.5)
            now = time.monotonic()
            with lock:
                if now - began > QUIET_SECONDS:
                    screen.draw(progress, now)

    threads = [threading.Thread(target=one, daemon=True) for one in (listen, watch)]
    for thread in threads:
        thread.start()
    for line in cargo.stdout:
        message = json.loads(line) if line.startswith("{") else {}
        reason = message.get("reason")
        if reason in ("compiler-artifact", "build-script-executed"):
            with lock:
                part = "script" if reason == "build-script-executed" else "".join(message["target"]["kind"])
                progress.ends(crate_of(message), part, message.get("fresh", False), time.monotonic())
    status = cargo.wait()
    for thread in threads:
        thread.join()
    screen.end()
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
