"""The paths of requests, cleaned once, as problems where they can't be used."""

from collections.abc import Callable

from kernel import paths
from kernel.errors import VALIDATION, FieldError, Problem


def folder_path(path: str, pointer: str = "/path") -> str:
    """A cleaned folder path. Raises Problem VALIDATION."""
    return _cleaned(paths.clean_path, path, pointer)


def file_path(path: str) -> tuple[str, str]:
    """A cleaned folder path and a cleaned file name. Raises Problem VALIDATION, for a path without a name too."""
    if path.endswith("/"):
        return _cleaned(paths.clean_name, ""), ""
    folder, _, name = folder_path(path).rpartition("/")
    return folder, _cleaned(paths.clean_name, name)


def name_of(text: str) -> str:
    """A cleaned file or folder name. Raises Problem VALIDATION."""
    return _cleaned(paths.clean_name, text, "/name")


def _cleaned(clean: Callable[[str], str], text: str, pointer: str = "/path") -> str:
    try:
        return clean(text)
    except paths.UnusablePathError as error:
        raise Problem(VALIDATION, errors=[FieldError(pointer, str(error))], detail=str(error)) from error
