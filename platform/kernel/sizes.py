"""Sizes in bytes and how people read them. A kB is 1,000 bytes here, as storage providers bill it."""

from kernel.language import number, said

KB = 1_000
MB = 1_000_000
GB = 1_000_000_000
_UNITS = ((GB, MB, "GB"), (MB, KB, "MB"), (KB, 1, "kB"))


def in_words(size: int) -> str:
    """`15 MB`, `1.5 GB`, `812 bytes`: at most one decimal, rounded half up, never a lone `.0`.

    The unit is the largest that the size reaches: 950 MB stays 950 MB, and only what would read 1,000 MB is 1 GB.
    """
    for unit, smaller, name in _UNITS:
        if size >= unit - smaller // 20:
            whole, tenth = divmod((size * 10 + unit // 2) // unit, 10)
            return f"{number(whole, str(tenth) if tenth else '')} {name}"
    return _exactly(size)


def apart_in_words(size: int, limit: int) -> tuple[str, str]:
    """A size and the limit that it misses, to the byte where rounding would make both read the same."""
    words = in_words(size), in_words(limit)
    return words if words[0] != words[1] else (_exactly(size), _exactly(limit))


def _exactly(size: int) -> str:
    return said("1 byte") if size == 1 else said("{size} bytes").format(size=number(size))
