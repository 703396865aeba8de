"""Opens photos in a child process with limits on memory and time, so that no file can harm the process that asks."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from corpus.images import LIMITS, ImageRefused, Limits

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 10.0  # of wall clock for one photo
STARTING_SECONDS = 30.0  # more for the first photo of a child, which has to import its libraries
PIPE_BYTES = 1 << 20


class DecoderError(Exception):
    """The decoder itself does not work, whatever the photo; the text is a sentence for the operator."""


class _Died(Exception):
    """The child ended in the middle of a photo."""


class _TooSlow(Exception):
    """The child did not answer in time."""


class Decoder:
    """One child that opens photos, started with the first one and replaced when it dies.

    Not to be shared by threads. After a fork, the new process gets a child of its own.

    Parameters
    ----------
    limits
        What is taken.
    seconds
        Wall clock for one photo.
    """

    def __init__(self, limits: Limits = LIMITS, seconds: float = SECONDS) -> None:
        self.limits = limits
        self.seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0  # process id

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the child now and wait until it answers, so that the first photo need not. Raises DecoderError."""
        if self._child is not None and self._owner == os.getpid() and self._child.poll() is None:
            return
        self.close()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "corpus.decoder_child"],
            cwd=ROOT,
            # Threads that each reserve address space would use the limit up on machines with many cores.
            env=os.environ | {"MALLOC_ARENA_MAX": "2"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            pipesize=PIPE_BYTES,
        )
        self._owner = os.getpid()
        try:
            self._receive_head(time.monotonic() + STARTING_SECONDS)
        except (_Died, _TooSlow) as error:
            self.close()
            raise DecoderError("The process that opens photos does not start; the log says why.") from error

    def decode(self, path: Path) -> Image.Image:
        """Return a photo as RGB and upright, see `corpus.upright.open_upright`.

        A file that takes too long is refused as too complex. One that kills the child is tried once more, since the
        system may have killed it for another reason, and then refused as damaged.

        Raises ImageRefused, OSError where the file cannot be read, and DecoderError where no child can be started.
        """
        with path.open("rb"):
            pass
        for _ in range(2):
            try:
                return self._ask(path.absolute())
            except _Died:
                self.close()
            except _TooSlow:
                self.close()
                raise ImageRefused("too_complex", self.limits) from None
        raise ImageRefused("corrupt", self.limits)

    def close(self) -> None:
        """End the child, if this process has one."""
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        if self._owner == os.getpid():
            child.kill()
            child.wait()

    def _ask(self, path: Path) -> Image.Image:
        self.start()
        assert self._child is not None and self._child.stdin is not None
        request = json.dumps({"path": str(path), "limits": asdict(self.limits)}).encode()
        deadline = time.monotonic() + self.seconds
        try:
            self._child.stdin.write(request + b"\n")
        except BrokenPipeError as error:
            raise _Died from error
        head = self._receive_head(deadline)
        if reason := head.get("refused"):
            raise ImageRefused(str(reason), self.limits)
        width, height = head["size"]
        return Image.frombytes("RGB", (width, height), self._receive(width * height * 3, deadline))

    def _receive_head(self, deadline: float) -> dict[str, Any]:
        length = int.from_bytes(self._receive(4, deadline), "big")
        head: dict[str, Any] = json.loads(self._receive(length, deadline))
        return head

    def _receive(self, length: int, deadline: float) -> bytearray:
        """Read exactly `length` bytes from the child before the deadline of the monotonic clock."""
        assert self._child is not None and self._child.stdout is not None
        pipe = self._child.stdout.fileno()
        waiter = select.poll()
        waiter.register(pipe, select.POLLIN)
        data = bytearray(length)
        rest = memoryview(data)
        while rest:
            left = deadline - time.monotonic()
            if left <= 0 or not waiter.poll(left * 1000):
                raise _TooSlow
            received = os.readv(pipe, [rest])
            if received == 0:
                raise _Died
            rest = rest[received:]
        return data
