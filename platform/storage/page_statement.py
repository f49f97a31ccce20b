"""The statement of one page of a folder: written by hand and prepared once, for each way of listing.

Its rows are folders and files alike: part, id, name, created_at, size, content_type, labels, delete_at, purge_at,
locked_at, has_thumbnail. A folder that isn't the root comes first itself, where it is there.
"""

from dataclasses import dataclass
from functools import cache

from audit.statements import Statement

_PLACE = """
step AS (
  SELECT id, 1 AS level FROM storage_folder
  WHERE app_id = %(app)s::uuid AND parent_id IS NULL AND name = (%(path)s::text[])[1]
  UNION ALL
  SELECT below.id, step.level + 1 FROM step
  JOIN storage_folder below ON below.app_id = %(app)s::uuid AND below.parent_id = step.id
    AND below.name = (%(path)s::text[])[step.level + 1]
),
place AS (
  SELECT id FROM step WHERE level = cardinality(%(path)s::text[])
),"""
_FOLDERS = """
folders AS (
  SELECT id, name, created_at FROM storage_folder
  WHERE app_id = %(app)s::uuid AND parent_id {here}{beginning}{behind}
  ORDER BY parent_id{down}, name{down} LIMIT %(count)s
),"""
_FILES = """
files AS (
  SELECT id, name, created_at, size, content_type, labels, delete_at, purge_at, locked_at, has_thumbnail
  FROM storage_storedfile
  WHERE app_id = %(app)s::uuid AND folder_id {here} AND trashed_at IS NULL{beginning}{behind}
  ORDER BY folder_id{down}, {order} LIMIT %(count)s{room}
)"""
_SHOW_PLACE = """
SELECT 'p', id::text, '', now(), 0::bigint, '', '', NULL::timestamptz, NULL::timestamptz, NULL::timestamptz,
  false FROM place UNION ALL"""
_SHOW_FOLDERS = """
SELECT 'd', id::text, name, created_at, 0::bigint, '', '', NULL::timestamptz, NULL::timestamptz, NULL::timestamptz,
  false FROM folders UNION ALL"""
_SHOW_FILES = """
SELECT 'f', id::text, name, created_at, size, content_type, labels::text, delete_at, purge_at, locked_at, has_thumbnail
FROM files
"""
_BEHIND = {
    "name": " AND name {than} %(key)s",
    "created_at": " AND (created_at, id) {than} (%(key)s::timestamptz, %(id)s::uuid)",
    "size": " AND (size, id) {than} (%(key)s::bigint, %(id)s::uuid)",
}


@dataclass(frozen=True, slots=True)
class Way:
    """What makes one listing's statement differ from another's."""

    is_root: bool
    column: str
    is_down: bool
    has_beginning: bool
    has_end: bool
    continues_folders: bool
    continues_files: bool


@cache
def page_statement(way: Way) -> Statement:
    """Each part is one walk along an index, in the index's own order, which names the folder too.

    Parameters: `app`, `path` as its names, `count`, `key` and `id` of the last thing of the page before, `beginning`
    and the `end` of names that begin so. PostgreSQL promises no order for all rows together.
    """
    here = "IS NULL" if way.is_root else "= (SELECT id FROM place)"
    beginning = " AND name >= %(beginning)s" if way.has_beginning else ""
    beginning += " AND name < %(end)s" if way.has_end else ""
    place = "" if way.is_root else _PLACE
    shown = "" if way.is_root else _SHOW_PLACE
    if not way.continues_files:
        place += _folders(way, here, beginning)
        shown += _SHOW_FOLDERS
    return Statement("WITH RECURSIVE" + place + _files(way, here, beginning) + shown + _SHOW_FILES)


def _folders(way: Way, here: str, beginning: str) -> str:
    """Folders go by name, from the last one only where files do."""
    is_down = way.is_down and way.column == "name"
    behind = _behind("name", is_down) if way.continues_folders else ""
    return _FOLDERS.format(here=here, beginning=beginning, behind=behind, down=_down(is_down))


def _files(way: Way, here: str, beginning: str) -> str:
    down = _down(way.is_down)
    return _FILES.format(
        here=here,
        beginning=beginning,
        behind=_behind(way.column, way.is_down) if way.continues_files else "",
        down=down,
        order=f"name{down}" if way.column == "name" else f"{way.column}{down}, id{down}",
        room="" if way.continues_files else " - (SELECT count(*) FROM folders)",
    )


def _behind(column: str, is_down: bool) -> str:
    return _BEHIND[column].format(than="<" if is_down else ">")


def _down(is_down: bool) -> str:
    return " DESC" if is_down else ""
