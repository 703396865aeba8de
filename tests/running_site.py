"""The whole site as `make run` starts it, in a fresh home, for tests that need all of it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

READY = "tag4pic is ready at "
READY_SECONDS, STOP_SECONDS = 300, 30


@dataclass(frozen=True, slots=True)
class Site:
    """A site that runs in processes of its own."""

    url: str
    home: Path

    def pids(self, words: str) -> list[int]:
        """Return the processes of this site whose command line holds these words, oldest first."""
        return sorted(pid for pid, line in processes_of(self.home).items() if words in line)


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run the whole site, and see that nothing of it is left afterwards."""
    home = tmp_path_factory.mktemp("home of a site")
    process = start(home, 8765)
    try:
        yield Site(address_of(wait_until_ready(process)), home)
    finally:
        stop(process)
    assert processes_of(home) == {}


def start(home: Path, port: int, **environment: str) -> "subprocess.Popen[str]":
    """Start a whole site in a home."""
    own = {"TAG4PIC_HOME": str(home), "TAG4PIC_PORT": str(port), "TAG4PIC_UPLOADS_PER_MINUTE": "0"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env={**os.environ, **own, **environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    """Undo what a shell does to programs that it starts in the background: they would not hear Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def stop(process: "subprocess.Popen[str]") -> int:
    """Stop a site as Ctrl-C does, and return its exit status."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def address_of(said: list[str]) -> str:
    """Return the address that a site has printed."""
    return next(line.removeprefix(READY).strip() for line in said if line.startswith(READY))


def wait_until_ready(process: "subprocess.Popen[str]") -> list[str]:
    """Return what a site prints until it is ready. What it prints later is read and forgotten, so it never blocks."""
    assert process.stdout is not None
    alarm = threading.Timer(READY_SECONDS, process.terminate)
    alarm.start()
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if line.startswith(READY):
            alarm.cancel()
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return said
    alarm.cancel()
    raise AssertionError(f"The site did not start:\n{''.join(said)}")


def processes_of(home: Path) -> dict[int, str]:
    """Return the command lines of the processes that run in a home (Linux; elsewhere none are found)."""
    found: dict[int, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TAG4PIC_HOME={home}\0".encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            continue
    return found
