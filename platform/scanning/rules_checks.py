"""What `manage.py check` says of an operator's rules, in processes that can read them: a web server can't."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from scanning.engines.yara import SHIPPED, RulesError, rules_in


@register
def rules_can_be_used(**_: Any) -> list[Error]:
    """A rule with a mistake in it is told before the first file waits for it."""
    if not settings.YARA_RULES_FOLDER:
        return []
    folder = Path(settings.YARA_RULES_FOLDER)
    if not folder.is_dir():
        return [Error(f"{folder} is no folder.", hint="Set YARA_RULES_FOLDER, or leave it empty.", id="scanning.E002")]
    try:
        rules_in(SHIPPED, folder)
    except RulesError as error:
        return [Error(str(error), hint="Correct the rule, or take the file away.", id="scanning.E003")]
    return []
