"""Ends all but the newest of the open scrapes of one hashtag, section and account; what they brought in stays."""

from django.db import migrations
from django.utils import timezone

OPEN = ["new", "working", "waiting", "paused"]
MESSAGE = "Cancelled; another scrape of the same hashtag was open as well. What it had stored stays."


def cancel(apps, schema_editor):
    scrapes = apps.get_model("corpus", "ScrapeRun").objects.using(schema_editor.connection.alias)
    seen = set()
    for run in scrapes.filter(state__in=OPEN).order_by("-pk"):
        same = (run.source_id, run.tag, run.section, run.account)
        if same in seen:
            ended = {"state": "cancelled", "wish": "", "frozen": None, "finished": timezone.now()}
            scrapes.filter(pk=run.pk).update(**ended, message=MESSAGE)
        seen.add(same)


class Migration(migrations.Migration):
    dependencies = [("corpus", "0004_finished_imports")]
    operations = [migrations.RunPython(cancel, migrations.RunPython.noop)]
