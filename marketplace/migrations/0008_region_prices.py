"""Keeps what storage costs in each region, as the platform's owner has it."""

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import migrations, models

from kernel.regions import REGIONS
from marketplace.price_models import today


def _price(name: str) -> models.DecimalField[Decimal, Decimal]:
    least = MinValueValidator(Decimal(0))
    return models.DecimalField(decimal_places=6, max_digits=12, validators=[least], verbose_name=name)


class Migration(migrations.Migration):
    """Keeps what storage costs in each region, as the platform's owner has it."""

    dependencies: ClassVar = [("marketplace", "0007_guest_sandboxes")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="RegionPrices",
            fields=[
                (
                    "region",
                    models.CharField(
                        choices=[(code, region.place) for code, region in REGIONS.items()],
                        max_length=32,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("storage_gb_month", _price("a GB stored for a month")),
                ("per_1000_writes", _price("1,000 writes")),
                ("per_1000_reads", _price("1,000 reads")),
                ("egress_gb", _price("a GB opened")),
                ("basis", models.CharField(max_length=200, verbose_name="where the figures come from")),
                ("as_of", models.DateField(default=today, verbose_name="valid from")),
            ],
            options={
                "verbose_name": "prices of a region",
                "verbose_name_plural": "prices of a region",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            egress_gb__gte=0, per_1000_reads__gte=0, per_1000_writes__gte=0, storage_gb_month__gte=0
                        ),
                        name="region_prices_are_no_gifts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis", ""), _negated=True), name="region_prices_say_whence"
                    ),
                ],
            },
        ),
    ]
