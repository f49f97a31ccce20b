"""A bar chart as SVG geometry: computed here, drawn by a template, with no script and no style in it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, FLOOR = 560, 160, 132
"""In the SVG's own units; bars stand on the floor, days are written below it."""

_GAP = 6
_TOP = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: good ones stacked on bad ones. Places and sizes in the SVG's units."""

    day: dt.date
    good: int
    bad: int
    x: float
    middle: float
    width: float
    good_y: float
    good_height: float
    bad_y: float
    bad_height: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars, and the scale that they share."""

    bars: tuple[Bar, ...]
    top: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened at all."""
        return not any(bar.good or bar.bad for bar in self.bars)


def bars_of(days: Sequence[dt.date], good: Mapping[dt.date, int], bad: Mapping[dt.date, int]) -> Chart:
    """The chart of what was good and bad on each day."""
    top = max([good.get(day, 0) + bad.get(day, 0) for day in days] + [1])
    step = WIDTH / max(len(days), 1)
    return Chart(tuple(_bar(day, index, step, top, good, bad) for index, day in enumerate(days)), top)


def _bar(
    day: dt.date, index: int, step: float, top: int, good: Mapping[dt.date, int], bad: Mapping[dt.date, int]
) -> Bar:
    unit = (FLOOR - _TOP) / top
    goods, bads = good.get(day, 0), bad.get(day, 0)
    good_height, bad_height = round(goods * unit, 2), round(bads * unit, 2)
    x = round(index * step + _GAP / 2, 2)
    return Bar(
        day, goods, bads, x, round(index * step + step / 2, 2), round(step - _GAP, 2),
        round(FLOOR - bad_height - good_height, 2), good_height, round(FLOOR - bad_height, 2), bad_height,
        str(day.day) if index % 2 == 0 else "",
    )  # fmt: skip
