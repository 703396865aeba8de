"""Suggests hashtags for photos on this machine. Needs neither a server nor Redis."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from predictor.management import asking
from predictor.ml.best_set import FIVE
from tag4pic_site.commands import HomeCommand


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("photos", nargs="+", metavar="PHOTO", help="files of pictures")
        asking.add_ranking_arguments(parser)
        parser.add_argument(
            "--n", type=asking.positive, default=FIVE, metavar="N", help=f"hashtags of the best set (default {FIVE})"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        photos, failed = options["photos"], 0
        for answer in asking.answers(photos, self._notice, options["top"], options["specific"], options["n"]):
            failed += bool(answer.error)
            if options["json"]:
                self.stdout.write(json.dumps(as_dict(answer)))
            else:
                self._write(answer)
        if failed:
            self.stderr.write(f"{failed} of {len(photos)} photos could not be read.")
            sys.exit(1)

    def _notice(self, text: str) -> None:
        self.stderr.write(text, self.style.NOTICE)

    def _write(self, answer: asking.Answer) -> None:
        if answer.error:
            self.stderr.write(f"{answer.name}: {answer.error}")
            return
        self.stdout.write(answer.name.encode(errors="replace").decode())  # a name may hold bytes that are no text
        lines = {id: [item.tag for item in tags] for id, tags in answer.columns.items()}
        for id, names in (lines | {"five": [pick.tag for pick in answer.five]}).items():
            self.stdout.write(f"  {id:6}" + " ".join(f"#{tag}" for tag in names))


def as_dict(answer: asking.Answer) -> dict[str, Any]:
    """Return what --json writes of one photo."""
    if answer.error:
        return {"image": answer.name, "error": answer.error}
    rows = {id: [{"tag": item.tag, "score": item.score} for item in tags] for id, tags in answer.columns.items()}
    best = [{"tag": pick.tag, "score": pick.score, "why": pick.why} for pick in answer.five]
    return {"image": answer.name, **rows, "five": best}
