"""When only Redis is down: what frees held space or ends access goes on, one process at a time.

PostgreSQL, where every stop is durable, says whether the token lives; each process keeps the app's rate for itself.
Nothing else is let in by this.
"""

import datetime as dt
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from django.db.models import Q
from django.db.models.functions import Now

from admission.limits import Rate
from admission.models import Revocation
from admission.revocations import longest_life
from admission.tokens import TokenFacts
from kernel import clock

_MOST_APPS = 10_000


class LocalLimiter:
    """GCRA in this process's memory, for the apps that asked last; in microseconds of a clock that never jumps."""

    def __init__(self, now: Callable[[], int] = lambda: time.monotonic_ns() // 1000) -> None:
        self._now = now
        self._arrivals: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def wait_seconds(self, app: str, rate: Rate) -> int:
        """0 when the request is let in and charged; otherwise the seconds after which one will be, uncharged."""
        with self._lock:
            now = self._now()
            arrival = max(self._arrivals.get(app, 0), now)
            wait = arrival + rate.interval - now - rate.burst * rate.interval
            if wait > 0:
                return math.ceil(wait / 1_000_000)
            self._arrivals[app] = arrival + rate.interval
            self._arrivals.move_to_end(app)
            if len(self._arrivals) > _MOST_APPS:
                self._arrivals.popitem(last=False)
        return 0


def is_stopped(facts: TokenFacts) -> bool:
    """Whether PostgreSQL knows the token as stopped. Raises DatabaseError."""
    subjects = Q()
    for level, subject in facts.final_stops():
        subjects |= Q(level=level, subject=subject)
    epochs = Q()
    for level, subject in facts.epoch_stops():
        epochs |= Q(level=level, subject=subject)
    issued = dt.datetime.fromtimestamp(facts.issued_at_ms / 1000, dt.UTC)
    stops = Revocation.objects.filter(subjects | (epochs & Q(not_before__gte=issued)), keep_until__gt=Now())
    return stops.exists() or _is_too_old(facts)


def _is_too_old(facts: TokenFacts) -> bool:
    life = longest_life()
    return life is not None and facts.issued_at_ms / 1000 + life <= clock.unix_seconds()
