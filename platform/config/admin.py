"""Django's admin, opened to workspace owners for their own workspaces' things."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The admin with our site in place of the stock one; the last of our apps to be ready."""

    default_site = "tenancy.administration.WorkspaceAdminSite"

    def ready(self) -> None:
        """Find the rooms' admins, and introduce the rooms to each other."""
        from config.introductions import introduce_rooms  # noqa: PLC0415 - rooms have models, which come after apps
        from config.naming import name_models  # noqa: PLC0415

        name_models()
        super().ready()
        introduce_rooms()
