-- uploadStart, recorded whole or not at all: space held, upload, answer under its key, event. The rows of the quotas are
-- locked already, so what is decided here stays true until the commit. Gives the folder, or no row where something is in
-- the way: a folder that is missing, a quota without room, a key that was used before.
WITH RECURSIVE step AS (
  SELECT id, 1 AS level FROM storage_folder
  WHERE app_id = %(app_id)s::uuid AND parent_id IS NULL AND name = (%(folders)s::text[])[1]
  UNION ALL
  SELECT below.id, step.level + 1 FROM step
  JOIN storage_folder below ON below.app_id = %(app_id)s::uuid AND below.parent_id = step.id
    AND below.name = (%(folders)s::text[])[step.level + 1]
),
place AS (
  SELECT NULL::uuid AS folder_id WHERE cardinality(%(folders)s::text[]) = 0
  UNION ALL
  SELECT id FROM step WHERE level = cardinality(%(folders)s::text[])
),
mine AS (
  SELECT id, bytes_limit >= bytes_used + bytes_held + %(size)s AND objects_limit > objects_used + objects_held AS has_room
  FROM quotas_quota
  WHERE app_id = %(app_id)s::uuid OR (app_id IS NULL AND workspace_id = %(workspace_id)s::uuid)
    OR (workspace_id IS NULL AND tenant_id = %(tenant_id)s::uuid AND person IN ('', %(reservation_held_by)s))
),
open_place AS (
  SELECT folder_id FROM place WHERE (SELECT count(*) >= 2 AND bool_and(has_room) FROM mine)
),
kept AS (
  INSERT INTO {kept} SELECT {kept_values} FROM open_place WHERE %(is_keyed)s
  ON CONFLICT DO NOTHING RETURNING id
),
begun AS (
  SELECT folder_id FROM open_place WHERE NOT %(is_keyed)s OR EXISTS (SELECT FROM kept)
),
held AS (
  UPDATE quotas_quota SET bytes_held = bytes_held + %(size)s, objects_held = objects_held + 1 FROM begun
  WHERE id IN (SELECT id FROM mine)
),
reservation AS (
  INSERT INTO {reservation} SELECT {reservation_values} FROM begun
),
upload AS (
  INSERT INTO {upload} SELECT {upload_values} FROM begun RETURNING folder_id
)
{event} FROM upload RETURNING (SELECT folder_id FROM begun)
