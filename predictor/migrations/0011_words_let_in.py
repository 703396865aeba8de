from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("predictor", "0010_ranks_of_acceptance")]
    operations = [
        migrations.AddField(
            model_name="contribution",
            name="let_in",
            field=models.PositiveSmallIntegerField(default=0, help_text="How many of them came in after its approval."),
        ),
        migrations.AddIndex(
            model_name="contribution",
            index=models.Index(fields=["state", "post_number", "let_in"], name="contribution_decisions"),
        ),
        migrations.AddIndex(
            model_name="contribution",
            index=models.Index(
                fields=["state", "decided"], name="contribution_to_admit", condition=models.Q(admitted=None)
            ),
        ),
    ]
