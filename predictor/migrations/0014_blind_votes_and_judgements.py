import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("predictor", "0013_explanations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="named",
            field=models.BooleanField(default=False, help_text="Its owner has seen which model suggests what."),
        ),
        migrations.AddField(
            model_name="vote",
            name="blind",
            field=models.BooleanField(default=False, help_text="Whose columns they were had not been shown before."),
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "owner_token",
                    models.CharField(blank=True, help_text="Of the browser session without an account.", max_length=64),
                ),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("good", models.JSONField(default=list, help_text="Suggested hashtags that fit.")),
                ("bad", models.JSONField(default=list, help_text="Suggested hashtags that do not.")),
                ("missing", models.JSONField(default=list, help_text="Hashtags that were typed.")),
                (
                    "acceptance",
                    models.JSONField(
                        default=dict,
                        help_text="By version: how many were shown, and the ranks of those kept and dropped.",
                    ),
                ),
                (
                    "unseen",
                    models.JSONField(
                        help_text="Typed hashtags that none of the versions knew; empty where nobody can tell.",
                        null=True,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "upload",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="judgement",
                        to="predictor.upload",
                    ),
                ),
            ],
            options={"ordering": ["-created"]},
        ),
    ]
