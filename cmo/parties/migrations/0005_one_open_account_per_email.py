"""One e-mail address, one open account: from now on the database refuses a second one.

Where open accounts share an address already, this stops and names them. It decides for nobody: who keeps the address is a
person's decision, which belongs on the trail.
"""

from typing import Any

from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.models.functions import Lower


def refuse_shared_addresses(apps: Any, schema_editor: Any) -> None:
    """:raises CommandError: with every address that open accounts share, and whose they are."""
    user = apps.get_model("parties", "User")
    accounts = user._default_manager.using(schema_editor.connection.alias)
    written = accounts.filter(is_active=True).exclude(email="").annotate(lowered=Lower("email"))
    shared = written.values("lowered").annotate(count=models.Count("pk")).filter(count__gt=1)
    names: dict[str, list[str]] = {}
    rows = written.filter(lowered__in=shared.values("lowered")).order_by("lowered", "pk")
    for lowered, username in rows.values_list("lowered", "username"):
        names.setdefault(lowered, []).append(username)
    if names:
        lines = "\n".join(f"  {address}: {', '.join(people)}" for address, people in names.items())
        raise CommandError(f"{_SHARED}\n{lines}\n{_WHAT_TO_DO}")


_SHARED = "Open accounts share an e-mail address. Nothing was changed. · 有使用中的账号共用同一电子邮箱，未作任何更改："
_WHAT_TO_DO = (
    "As an administrator close all but one account of each address, or give the others another e-mail (Accounts), then "
    "migrate again. · 请由系统管理员在“账号”页面停用多余的账号，或者更改其电子邮箱，然后重新执行 migrate。"
)


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_working_days_of_organisations")]

    operations = [
        migrations.RunPython(refuse_shared_addresses, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(("is_active", True), models.Q(("email", ""), _negated=True)),
                name="one_open_account_per_email",
                violation_error_code="email_taken",
                violation_error_message="There is an open account with this e-mail. One person has one account.",
            ),
        ),
    ]
