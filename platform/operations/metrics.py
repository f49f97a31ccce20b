"""What Prometheus scrapes, for who holds METRICS_TOKEN."""

import hmac
from collections.abc import Iterator

import redis
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from telemetry.metrics import exposition, registry


class QueueDepths(Collector):
    """How many jobs wait in each queue, read when somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge; none at all while Redis is silent, so that an old number is never shown as a new one."""
        depths = GaugeMetricFamily("gatehouse_queue_depth", "Jobs that wait for a worker", labels=["queue"])
        prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
        try:
            with redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_timeout=1, socket_connect_timeout=1) as server:
                for queue in settings.JOB_QUEUES:
                    depths.add_metric([queue], float(server.llen(f"{prefix}{queue}")))
        except redis.RedisError:
            return
        yield depths


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """`GET /metrics`; not there without the token, or while none is set."""
    offered = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(offered, f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    depths = CollectorRegistry()
    depths.register(QueueDepths())
    response = HttpResponse(exposition(registry()) + exposition(depths), content_type=CONTENT_TYPE_LATEST)
    response["Cache-Control"] = "no-store"
    return response
