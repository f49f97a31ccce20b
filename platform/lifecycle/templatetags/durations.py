"""Times in words, for templates."""

from django import template

from storage.durations import days_in_words, exact_in_words

register = template.Library()
register.filter("days_in_words", days_in_words)
register.filter("exact_in_words", exact_in_words)
