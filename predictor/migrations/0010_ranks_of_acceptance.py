"""Acceptance names the ranks that were kept and dropped, where it had only counted them."""

from django.db import migrations

DEEDS = ("kept", "dropped")


def rank(apps, schema_editor):
    """Look the ranks up among the suggestions; where these went with their upload, nothing is said."""
    alias = schema_editor.connection.alias
    suggestions = apps.get_model("predictor", "Suggestion").objects.using(alias)
    for row in apps.get_model("predictor", "Contribution").objects.using(alias).exclude(acceptance={}).iterator():
        ranked = {}
        for name, counts in row.acceptance.items():
            first = suggestions.filter(upload=row.upload_id, version=name.split(":")[1], rank__lte=counts["shown"])
            if tags := list(first.order_by("rank").values_list("rank", "tag")):
                deeds = {deed: [at for at, tag in tags if tag in getattr(row, deed)] for deed in DEEDS}
                ranked[name] = {"shown": len(tags), **deeds}
        row.acceptance = ranked
        row.save(update_fields=["acceptance"])


def count(apps, schema_editor):
    rows = apps.get_model("predictor", "Contribution").objects.using(schema_editor.connection.alias)
    for row in rows.exclude(acceptance={}).iterator():
        row.acceptance = {
            name: {"shown": ranks["shown"], **{deed: len(ranks[deed]) for deed in DEEDS}}
            for name, ranks in row.acceptance.items()
        }
        row.save(update_fields=["acceptance"])


class Migration(migrations.Migration):
    dependencies = [("predictor", "0009_copyings")]
    operations = [migrations.RunPython(rank, count)]
