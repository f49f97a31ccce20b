"""How people come to have an account: by invitation unless the operator opens the door."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closes self-service sign-up by default: a stranger must not become anybody's colleague."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether strangers may make an account (`SIGN_UP_OPEN`)."""
        return bool(settings.SIGN_UP_OPEN)
