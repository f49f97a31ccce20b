"""What storage costs in one region, as the platform's owner has it in their contract."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.language import said
from kernel.regions import REGIONS, place_of


def today() -> dt.date:
    """The day on which a book begins unless another is named."""
    return clock.now().date()


class RegionPrices(models.Model):
    """One region's prices in euros before tax; they stand in place of those that came with Gatehouse."""

    region = models.CharField(
        max_length=32, primary_key=True, choices=[(code, region.place) for code, region in REGIONS.items()]
    )
    storage_gb_month = models.DecimalField(
        "a GB stored for a month", max_digits=12, decimal_places=6, validators=[MinValueValidator(Decimal(0))]
    )
    per_1000_writes = models.DecimalField(
        "1,000 writes", max_digits=12, decimal_places=6, validators=[MinValueValidator(Decimal(0))]
    )
    per_1000_reads = models.DecimalField(
        "1,000 reads", max_digits=12, decimal_places=6, validators=[MinValueValidator(Decimal(0))]
    )
    egress_gb = models.DecimalField(
        "a GB opened", max_digits=12, decimal_places=6, validators=[MinValueValidator(Decimal(0))]
    )
    basis = models.CharField("where the figures come from", max_length=200)
    as_of = models.DateField("valid from", default=today)

    class Meta:
        verbose_name = verbose_name_plural = "prices of a region"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(storage_gb_month__gte=0, per_1000_writes__gte=0, per_1000_reads__gte=0, egress_gb__gte=0),
                name="region_prices_are_no_gifts",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="region_prices_say_whence"),
        ]

    def __str__(self) -> str:
        return said(place_of(self.region))
