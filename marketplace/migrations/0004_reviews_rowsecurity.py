"""Lets each tenant see its own drafts only, and keeps what was published and what was reviewed as it was."""

from typing import ClassVar

from django.db import migrations

from tenancy.rowsecurity import SecureTenantTable

_FREEZE = """
CREATE FUNCTION gatehouse_version_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (NEW.template_id, NEW.version, NEW.content, NEW.digest) IS DISTINCT FROM
     (OLD.template_id, OLD.version, OLD.content, OLD.digest) THEN
    RAISE EXCEPTION 'A published version never changes.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER version_is_frozen BEFORE UPDATE ON marketplace_templateversion
  FOR EACH ROW EXECUTE FUNCTION gatehouse_version_is_frozen();
CREATE FUNCTION gatehouse_review_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (NEW.draft, NEW.tenant, NEW.content, NEW.digest, NEW.requested_by_id) IS DISTINCT FROM
     (OLD.draft, OLD.tenant, OLD.content, OLD.digest, OLD.requested_by_id) THEN
    RAISE EXCEPTION 'What was handed in never changes.' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_is_frozen BEFORE UPDATE ON marketplace_review
  FOR EACH ROW EXECUTE FUNCTION gatehouse_review_is_frozen();
"""
_THAW = """
DROP TRIGGER version_is_frozen ON marketplace_templateversion;
DROP FUNCTION gatehouse_version_is_frozen();
DROP TRIGGER review_is_frozen ON marketplace_review;
DROP FUNCTION gatehouse_review_is_frozen();
"""


class Migration(migrations.Migration):
    """Lets each tenant see its own drafts only, and keeps what was published and what was reviewed as it was."""

    dependencies: ClassVar = [("marketplace", "0003_reviews"), ("tenancy", "0002_row_level_security")]

    operations: ClassVar = [
        SecureTenantTable("marketplace_templatedraft"),
        migrations.RunSQL(_FREEZE, _THAW),
    ]
