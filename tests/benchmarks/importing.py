"""Imports a folder of posts, and prints the most megabytes that this took before and after hashtags were counted."""

import os
import resource
import sys
from pathlib import Path


def main() -> None:
    from tag4pic_site import home

    home.prepare()
    home.limit_threads()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tag4pic_site.settings"
    import django

    django.setup()
    from corpus import statistics
    from corpus.ingest import ingest, open_run
    from corpus.sources import folder
    from tag4pic_site.commands import migrate

    migrate()
    ingest(open_run("bench", "folder"), folder.read(Path(sys.argv[1])))
    before = megabytes()
    statistics.refresh()
    sys.stdout.write(f"{before:.0f} {megabytes():.0f}\n")


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
