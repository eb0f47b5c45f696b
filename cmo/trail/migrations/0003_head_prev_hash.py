"""Heads remember the hash before the last, so that one statement can move the head and append the entry."""

from django.db import migrations, models

FILL = """
    UPDATE trail_head SET prev_hash = (
        SELECT e.prev_hash FROM trail_entry e WHERE e.stream = trail_head.stream AND e.seq = trail_head.seq
    ) WHERE EXISTS (SELECT 1 FROM trail_entry e WHERE e.stream = trail_head.stream AND e.seq = trail_head.seq)
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_entry_at_utc")]

    operations = [
        migrations.AddField("head", "prev_hash", models.CharField(max_length=64, default=""), preserve_default=False),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
