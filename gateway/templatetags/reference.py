"""Words of the document on a page."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_TICKED = re.compile("`([^`]*)`")


@register.filter
def coded(words: str) -> SafeString:
    """What stands between backticks, as code."""
    parts = _TICKED.split(words)
    told = ((format_html("<code>{}</code>", part) if number % 2 else part,) for number, part in enumerate(parts))
    return format_html_join("", "{}", told)
