"""Takes over a session of Instagram that Instaloader's own command line has logged in, for `scrape_hashtags`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from instaloader.instaloader import get_default_session_filename

from corpus.scraping import sessions
from tag4pic_site.commands import HomeCommand

PREFIX = "session-"  # of the names that Instaloader gives to its files


class Command(HomeCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="USERNAME_OR_FILE", help="the account, or its session file")
        parser.add_argument("--username", help="the account, where the file's name does not say it")

    def handle(self, *args: Any, **options: Any) -> None:
        name, account = options["name"], options["username"]
        try:
            file = Path(name).expanduser()
            if file.is_file() or "/" in name:
                account = account or self._account_of(file)
            else:
                sessions.valid_name(name)
                account = account or name
                file = Path(get_default_session_filename(name))
            kept = sessions.take_over(file, account)
        except sessions.SessionError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"The session of {sessions.valid_name(account)} is kept in {kept}, readable by you alone.")

    def _account_of(self, file: Path) -> str:
        if not file.name.startswith(PREFIX):
            raise CommandError(f"The name {file.name} does not say whose session it is: add --username NAME.")
        return file.name.removeprefix(PREFIX)
