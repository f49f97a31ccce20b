"""Reading the environment: every setting that differs between installations is a variable, and only that.

A secret X may be given as X, or as X_FILE: the path of a file that holds it, as container platforms mount secrets.
"""

import os
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured

PROJECT: Final = Path(__file__).resolve().parents[3]
DEVELOPMENT: Final = os.environ.get("GATEHOUSE_ENV", "production") == "development"


def text(name: str, default: str | None = None) -> str:
    """The variable's value. Raises ImproperlyConfigured, naming it, when it has none and no default."""
    value = os.environ.get(name) or _from_file(name) or default
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE). `manage.py doctor` explains every setting.")
    return value


def optional(name: str) -> str:
    """The variable's value, or the empty string."""
    return text(name, "")


def flag(name: str, default: bool) -> bool:
    """True for 1, true, yes and on."""
    return text(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def whole_number(name: str, default: int) -> int:
    """The variable as an integer. Raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def one_of(name: str, *choices: str) -> str:
    """The variable's value, the first choice where it has none. Raises ImproperlyConfigured for any other."""
    value = text(name, choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is one of {', '.join(choices)}, not {value!r}.")
    return value


def listed(name: str) -> list[str]:
    """The variable's comma-separated values."""
    return [part.strip() for part in optional(name).split(",") if part.strip()]


def _from_file(name: str) -> str | None:
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text(encoding="utf-8").strip() if path else None
