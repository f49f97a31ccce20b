"""Words that no template can mark, because a vocabulary or a template's author has them, in the reader's language."""

from django import template
from django.db.models import Model
from django.utils.translation import override

from kernel.language import retold, said

register = template.Library()
register.filter("said", said)
register.filter("retold", retold)


@register.filter
def within(row: Model, name: str) -> str:
    """The label of a row's choice as it reads within a sentence, for which other languages have words of their own."""
    with override("en"):
        label = str(getattr(row, f"get_{name}_display")())
    return said(label.lower())
