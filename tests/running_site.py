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
        return sorted(pid for pid, line in _processes_of(self.home).items() if words in line)


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run the whole site, and see that nothing of it is left afterwards."""
    home = tmp_path_factory.mktemp("home of a site")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "TAG4PIC_HOME": str(home),
            "TAG4PIC_PORT": "8765",
            "TAG4PIC_UPLOADS_PER_MINUTE": "0",
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Site(_wait_until_ready(process), home)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert _processes_of(home) == {}


def _wait_until_ready(process: "subprocess.Popen[str]") -> str:
    """Return the address that the site prints. What it prints later is read and forgotten, so that it never blocks."""
    assert process.stdout is not None
    alarm = threading.Timer(READY_SECONDS, process.terminate)
    alarm.start()
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if line.startswith(READY):
            alarm.cancel()
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return line.removeprefix(READY).strip()
    alarm.cancel()
    raise AssertionError(f"The site did not start:\n{''.join(said)}")


def _processes_of(home: Path) -> dict[int, str]:
    """Return the command lines of the processes that run in a home (Linux; elsewhere none are found)."""
    found: dict[int, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"TAG4PIC_HOME={home}\0".encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            continue
    return found
