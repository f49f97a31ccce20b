"""The room's registration with Django."""

from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    """The gate."""

    name = "admission"
    verbose_name = "Admission"
