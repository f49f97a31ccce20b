"""A template's own words, which only shipped templates have in other languages too."""

from django import template

from kernel.language import said

register = template.Library()
register.filter("said", said)
