#!/usr/bin/env python
"""Runs tag4pic's commands; `python manage.py help` lists them."""

import os
import sys

from tag4pic_site import home


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tag4pic_site.settings")
    home.limit_threads()
    try:
        home.prepare()
    except OSError as error:
        sys.exit(f"The home {home.path()} cannot be used: {error.strerror}. Set TAG4PIC_HOME to another folder.")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"tag4pic cannot start: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
