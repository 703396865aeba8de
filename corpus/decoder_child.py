"""The process that opens photos: `python -m corpus.decoder_child`, started and watched by `corpus.decoder`.

It says that it is ready, then answers each request, a line of JSON, with the length of an answer, the answer in JSON,
and where the photo is taken its RGB bytes.
It ends when its input does, so it cannot outlive its parent.
"""

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

MEMORY = 1 << 30  # bytes of address space
ORPHAN_SECONDS = 60  # after which the system ends a child that hangs and has no parent any more to end it


def main() -> None:
    """Answer requests until the input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # meant for the parent, which may still want an answer
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not get between the answers
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from corpus.images import ImageRefused, Limits
    from corpus.upright import open_upright

    _answer(answers, {"ready": True})
    for line in sys.stdin.buffer:
        signal.alarm(ORPHAN_SECONDS)
        request = json.loads(line)
        try:
            image = open_upright(Path(request["path"]), Limits(**request["limits"]))
        except ImageRefused as refused:
            _answer(answers, {"refused": refused.reason})
        else:
            _answer(answers, {"size": image.size}, image.tobytes())
        signal.alarm(0)


def _answer(answers: BinaryIO, head: dict[str, object], body: bytes = b"") -> None:
    line = json.dumps(head).encode()
    answers.write(len(line).to_bytes(4, "big") + line)
    answers.write(body)
    answers.flush()


if __name__ == "__main__":
    main()
