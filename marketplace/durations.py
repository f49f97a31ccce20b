"""Short periods in words."""


def duration(seconds: int) -> str:
    """`5 minutes`, `90 seconds`."""
    minutes, rest = divmod(seconds, 60)
    if rest or not minutes:
        return f"{seconds} seconds"
    return f"{minutes} minute" if minutes == 1 else f"{minutes} minutes"
