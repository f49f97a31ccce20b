"""`manage.py doctor`: what is missing or mis-set, in plain words."""

from typing import Any

from django.core import checks
from django.core.management.base import BaseCommand

from operations import health


class Command(BaseCommand):
    """Looks at every part and setting, and says what to do."""

    help = "Say in plain words what is missing or mis-set."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django declares it so

    def handle(self, **_options: Any) -> None:
        """Print one line a part; exit with 1 when something isn't well."""
        states = [check() for check in health.ALL]
        for state in states:
            self.stdout.write(f"{'✓' if state.is_well else '✗'} {state.part}: {state.words}")
            if state.advice:
                self.stdout.write(f"    {state.advice}")
        findings = checks.run_checks(include_deployment_checks=True)
        for finding in findings:
            self.stdout.write(f"✗ Settings: {finding.msg} {finding.hint or ''}")
        if findings or not all(state.is_well for state in states):
            raise SystemExit(1)
        self.stdout.write("Everything is in order.")
