"""Lets a template keep files of some labels longer or shorter, and every file say until when it must stay.

Files that are there get their date tenant by tenant, since no row is seen without one; no row is rewritten but those.
"""

import datetime as dt
from typing import Any, ClassVar

from django.db import migrations, models
from django.db.models import DateTimeField, ExpressionWrapper, F

from tenancy.scoping import tenant_scope


def date_files(apps: Any, _: Any) -> None:
    """Only those that a minimum keeps."""
    keepings, files = (apps.get_model("storage", name).objects for name in ("Keeping", "StoredFile"))
    addresses = apps.get_model("tenancy", "AppAddress").objects
    for tenant_id in addresses.order_by("tenant_id").values_list("tenant_id", flat=True).distinct():
        with tenant_scope(tenant_id):
            for keeping in keepings.filter(tenant_id=tenant_id, minimum_days__gt=0):
                until = F("created_at") + dt.timedelta(days=keeping.minimum_days)
                kept = files.filter(tenant_id=tenant_id, app_id=keeping.app_id)
                kept.update(retained_until=ExpressionWrapper(until, output_field=DateTimeField()))


class Migration(migrations.Migration):
    """Lets a template keep files of some labels longer or shorter, and every file say until when it must stay."""

    atomic = False
    dependencies: ClassVar = [("storage", "0010_held_objects_to_do")]

    operations: ClassVar = [
        migrations.AddField("keeping", "terms", models.JSONField(db_default=[], default=list, editable=False)),
        migrations.AddField("storedfile", "retained_until", models.DateTimeField(null=True)),
        migrations.RunPython(date_files, migrations.RunPython.noop),
    ]
