"""Puts the shipped list of popular hashtags into the database; going back takes out those that stand on no other."""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).parents[1] / "data" / "popular.csv"


def load(apps, schema_editor):
    popular = apps.get_model("corpus", "PopularHashtag")
    rows = [popular(key=row["hashtag"], listed_by=row["source"], listed_on=row["date"] or None) for row in _rows()]
    popular.objects.using(schema_editor.connection.alias).bulk_create(rows, ignore_conflicts=True)


def unload(apps, schema_editor):
    listed = apps.get_model("corpus", "PopularHashtag").objects.using(schema_editor.connection.alias)
    for row in _rows():
        listed.filter(key=row["hashtag"], listed_by=row["source"]).delete()


def _rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Migration(migrations.Migration):
    dependencies = [("corpus", "0002_curation")]
    operations = [migrations.RunPython(load, unload)]
