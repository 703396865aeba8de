"""A `manage.py` whose scrapes reach a server on this machine in Instagram's place.

`python -m tests.corpus.scraping.rerouted_manage ADDRESS COMMAND...`
"""

import os
import sys

from tag4pic_site import home

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tag4pic_site.settings"
    home.prepare()

    from django.core.management import execute_from_command_line

    from corpus.scraping import client
    from tests.corpus.scraping.instagram import adapter

    client.Context.adapter_class = adapter(sys.argv[1])
    client.Context.do_sleep = lambda context: None  # type: ignore[method-assign]
    execute_from_command_line(["manage.py", *sys.argv[2:]])
