"""Reads posts of Instagram by hashtag with Instaloader. Run it again, and it goes on where it was stopped."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from redis.exceptions import RedisError

from corpus import queue
from corpus.models import ScrapeRun
from corpus.scraping import runs, sessions
from tag4pic_site.commands import HomeCommand, counted_bar

COUNTED = ("read", "new", "known", "duplicates", "refused")
SECTIONS = {"recent": ["recent"], "top": ["top"], "both": ["recent", "top"]}


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tags", metavar="TAG", nargs="+", help="hashtags, with or without #")
        parser.add_argument("--limit", type=int, required=True, help="posts to read of each hashtag and section")
        parser.add_argument(
            "--section", choices=list(SECTIONS), default="both", help="recent posts, top posts, or both"
        )
        parser.add_argument("--account", help="imported session; the only one if not given, or none")
        parser.add_argument("--source", default=runs.SOURCE, help="name of the source, %(default)s if not given")
        parser.add_argument("--queue", action="store_true", help="leave the work to the scrape worker of the site")

    def handle(self, *args: Any, **options: Any) -> None:
        begun: list[ScrapeRun] = []
        try:
            ordered = self._orders(options)
            if options["queue"]:
                self._enqueue(list(ordered))
                return
            self._carry_out(ordered, begun)
        except runs.ScrapeError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as interrupt:
            raise CommandError("Stopped. Run it again, and it goes on from there.") from interrupt
        finally:
            if begun:
                self._report(begun)
        failed = [run for run in begun if run.state == run.State.FAILED]
        if failed:
            raise CommandError(f"{len(failed)} of {len(begun)} scrapes failed, as said above.")

    def _orders(self, options: dict[str, Any]) -> Iterator[ScrapeRun]:
        """Return the run of every hashtag and section, each made when it is its turn. Raises ScrapeError at once."""
        account = options["account"] or self._only_account()
        tags = dict.fromkeys(map(runs.searched, options["tags"]))
        return (
            runs.order(tag, section, options["limit"], account, options["source"])
            for tag in tags
            for section in SECTIONS[options["section"]]
        )

    def _only_account(self) -> str:
        accounts = sessions.accounts()
        if len(accounts) > 1:
            raise CommandError(f"Say with --account whose session to use: {', '.join(accounts)}.")
        return accounts[0] if accounts else ""

    def _enqueue(self, ordered: list[ScrapeRun]) -> None:
        due = [run.pk for run in ScrapeRun.objects.ready().filter(pk__in=[run.pk for run in ordered])]
        try:
            queue.enqueue_lost_scrapes(due)
        except RedisError as error:
            raise CommandError(
                f"The queue cannot be reached ({error}). {len(ordered)} runs are noted, and start when the site runs."
            ) from error
        self.stdout.write(f"{len(ordered)} runs are noted for the scrape worker; it needs a running site (make run).")

    def _carry_out(self, ordered: Iterator[ScrapeRun], begun: list[ScrapeRun]) -> None:
        """Carry out run after run, until all are done or the account has to stop; `begun` gets each of them."""
        from corpus.scraping.carrying_out import carry_out

        for run in ordered:
            begun.append(run)
            if run.claim():
                with counted_bar(run.limit, str(run), unit=" posts", initial=run.position) as bar:
                    carry_out(run, bar.update)
            run.refresh_from_db()
            if run.stops_account:
                break

    def _report(self, begun: list[ScrapeRun]) -> None:
        """Print what was counted for each run, and in a sentence how it stands."""
        self.stdout.write(f"{'':<40}" + "".join(f"{name:>11}" for name in COUNTED))
        new = 0
        for run in begun:
            counts = dict(run.import_run.counts) if run.import_run else {}
            counts["refused"] = sum(counts.get("refused", {}).values())
            self.stdout.write(f"{run!s:<40}" + "".join(f"{counts.get(name, 0):>11,}" for name in COUNTED))
            new += counts.get("new", 0)
        for run in begun:
            if run.state != run.State.DONE:
                self.stdout.write(f"{run}: {self._standing(run)}")
        done = sum(run.state == run.State.DONE for run in begun)
        self.stdout.write(f"{done} of {len(begun)} scrapes are done, with {new:,} new posts that wait for a curator.")

    def _standing(self, run: ScrapeRun) -> str:
        if run.state in (run.State.WORKING, run.State.NEW):
            until = f" If that one died, it can go on after {timezone.localtime(run.lease_until):%H:%M:%S %Z}."
            return f"Another process has it or its account in hand.{until if run.lease_until else ''}"
        later = " It goes on by itself while the site runs, else when this command is run again after that."
        return run.message + (later if run.state == run.State.WAITING else "")
