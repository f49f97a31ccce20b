"""Sizes in bytes and how people read them. A kB is 1,000 bytes here, as storage providers bill it."""

KB = 1_000
MB = 1_000_000
GB = 1_000_000_000
_UNITS = ((GB, "GB"), (MB, "MB"), (KB, "kB"))


def in_words(size: int) -> str:
    """`15 MB`, `1.5 GB`, `812 bytes`: at most one decimal, rounded half up, never a lone `.0`."""
    for unit, name in _UNITS:
        tenths = (size * 10 + unit // 2) // unit
        if tenths >= 10:
            whole, tenth = divmod(tenths, 10)
            return f"{whole}.{tenth} {name}" if tenth else f"{whole:,} {name}"
    return f"{size} byte" if size == 1 else f"{size} bytes"
