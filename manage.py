#!/usr/bin/env python
"""Runs tag4pic's commands; `python manage.py help` lists them."""

import os
import sys

from tag4pic_site import home


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tag4pic_site.settings")
    home.limit_threads()
    home.prepare()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
