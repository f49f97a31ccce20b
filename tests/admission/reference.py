"""The gate's rates in a few lines of Python: what the script must decide, step by step."""

import math
from collections import defaultdict
from dataclasses import dataclass, field

from admission.limits import LARGEST_COST, Layer, Rate

SLOT = 5_000_000


@dataclass
class Reference:
    """Buckets by name, for one tenant whose rate is shared; times in microseconds."""

    weights: dict[str, int]
    arrivals: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    shares: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def decide(self, now: int, app: str, rates: list[tuple[Layer, str, Rate]], cost: int) -> tuple[bool, str, int]:
        """Whether it is let in, else which layer refuses and for how long."""
        self.seen[now // SLOT].add(app)
        waits = {}
        share = None
        for layer, name, rate in rates:
            room = now + rate.burst * rate.interval - self._arrival(name, now, rate)
            waits[layer] = rate.interval - room
            if layer is Layer.TENANT:
                waits[layer], share = self._shared(now, app, rate, room, cost)
        slowest = max(waits, key=lambda layer: waits[layer])
        if waits[slowest] > 0:
            return False, slowest, waits[slowest]
        for _layer, name, rate in rates:
            self.arrivals[name] = self._arrival(name, now, rate) + cost * rate.interval
        if share is not None:
            self.shares[app] = share
        return True, "", 0

    def _arrival(self, name: str, now: int, rate: Rate) -> int:
        arrival = max(self.arrivals[name], now)
        is_possible = arrival <= now + (rate.burst + LARGEST_COST) * rate.interval
        return arrival if is_possible else now + (rate.burst - 1) * rate.interval

    def _shared(self, now: int, app: str, rate: Rate, room: int, cost: int) -> tuple[int, int | None]:
        """How long to wait, and where the app's own share stands afterwards if it has to be taken from there."""
        active = sum(self.weights[name] for name in self.seen[now // SLOT] | self.seen[now // SLOT - 1])
        reserve = rate.burst // 2 * rate.interval
        need = max(rate.interval, min(cost * rate.interval, reserve))
        if room >= reserve + need:
            return 0, None
        at_once = max(1, rate.burst // 8) * rate.interval
        unit = math.ceil((active + 1) * rate.interval / self.weights[app])
        spent = max(self.shares[app], now) - now
        if spent > at_once + LARGEST_COST * unit:
            spent = at_once
        until_share = min(spent, spent + unit - at_once)
        return max(0, min(max(until_share, need - room), reserve + need - room)), now + spent + cost * unit
