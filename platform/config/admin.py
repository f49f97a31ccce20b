"""Django's admin, opened to workspace owners for their own workspaces' things."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The admin with our site in place of the stock one."""

    default_site = "tenancy.administration.WorkspaceAdminSite"
