-- getSignedUrl of a file with nothing in its way: found and recorded at once. Gives its name and type, or no row where
-- it isn't there for the token, waits in the trash, is locked or archived, or has no picture of the size.
WITH RECURSIVE file AS (
  SELECT folder_id, name, content_type FROM storage_storedfile
  WHERE id = %(file_id)s::uuid AND app_id = %(app_id)s::uuid
    AND trashed_at IS NULL AND locked_at IS NULL AND archived_as = ''
    AND (%(area)s <> 'thumbs' OR has_thumbnail) AND (%(area)s <> 'previews' OR has_preview)
),
above AS (
  SELECT folder.parent_id, folder.name, 1 AS level
  FROM storage_folder folder JOIN file ON folder.id = file.folder_id
  UNION ALL
  SELECT folder.parent_id, folder.name, above.level + 1
  FROM storage_folder folder JOIN above ON folder.id = above.parent_id
),
place AS (
  SELECT coalesce(string_agg(name, '/' ORDER BY level DESC), '') AS path FROM above
)
{event} FROM file
WHERE %(prefix)s = ''
  OR EXISTS (SELECT FROM place WHERE path = %(prefix)s OR starts_with(path, %(prefix)s || '/'))
RETURNING (SELECT name FROM file), (SELECT content_type FROM file)
