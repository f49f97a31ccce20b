"""What people are in a workspace, and which roles may do what."""

from django.db import models


class Role(models.TextChoices):
    """A person's role in one workspace."""

    OWNER = "owner", "Workspace owner"
    BUILDER = "builder", "Builder"
    MEMBER = "member", "Member"
    AUDITOR = "auditor", "Auditor"


MAY_CREATE_APPS = frozenset({Role.OWNER, Role.BUILDER})
MAY_UPLOAD = frozenset({Role.OWNER, Role.BUILDER, Role.MEMBER})
MAY_SEE_APP_PAGES = frozenset({Role.OWNER, Role.BUILDER, Role.AUDITOR})
MAY_ADMINISTER = frozenset({Role.OWNER})
