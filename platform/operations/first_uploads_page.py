"""`/platform/first-uploads/`: how fast people get to a first safe file, all organisations together."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from broker.access import platform_owner_only
from operations.first_uploads import FEWEST, FirstUploads, Pace, last_measured

WIDTH, _ROW = 560, 34
"""In the SVG's own units; a row is a step: its words, and below them what half and nine tenths of all needed."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One step's place in the picture."""

    pace: Pace
    top: int
    half: float
    most: float


@require_safe
@platform_owner_only
def first_uploads_page(request: HttpRequest) -> HttpResponse:
    """What the last round found, drawn and as a table."""
    found = last_measured()
    bars = _bars(found) if found else []
    context = {"found": found, "bars": bars, "height": len(bars) * _ROW, "width": WIDTH, "fewest": FEWEST}
    return render(request, "operations/first_uploads.html", context)


def _bars(found: FirstUploads) -> list[Bar]:
    longest = max((pace.most_s for pace in found.paces), default=0) or 1
    return [
        Bar(
            pace,
            row * _ROW,
            round(pace.half_s * (WIDTH - 4) / longest, 1),
            round(pace.most_s * (WIDTH - 4) / longest, 1),
        )
        for row, pace in enumerate(found.paces)
    ]
