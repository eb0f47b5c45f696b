from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="itemanswer",
            name="lighter_because",
            field=models.TextField(blank=True, default="", verbose_name="why it weighs less than marked"),
        ),
        migrations.AddConstraint(
            model_name="itemanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity", ""), _negated=True) | models.Q(("lighter_because", "")),
                name="only_a_severity_has_a_reason",
            ),
        ),
    ]
