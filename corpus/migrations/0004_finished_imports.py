"""Marks the imports that ended before imports had a state as done; the state itself goes with 0002, so nothing is undone."""

from django.db import migrations


def mark(apps, schema_editor):
    runs = apps.get_model("corpus", "ImportRun").objects.using(schema_editor.connection.alias)
    runs.filter(state="working").exclude(finished=None).update(state="done")


class Migration(migrations.Migration):
    dependencies = [("corpus", "0003_popular_list")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
