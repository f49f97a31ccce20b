"""The one clock of what is durable: PostgreSQL's, whichever process writes."""

import datetime as dt

from django.db import connection


def database_time() -> dt.datetime:
    """The present moment by PostgreSQL's clock. Raises DatabaseError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    moment: dt.datetime = now
    return moment
