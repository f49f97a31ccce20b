"""How people come to have an account, and where they start once they are signed in."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.language import remember_language
from accounts.models import User

GUEST_DOMAIN = "@sandbox.invalid"
"""Where sandboxes' guests have their addresses: nowhere (RFC 2606 §2)."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Closes self-service sign-up by default: a stranger must not become anybody's colleague."""

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where people start: the platform's owner at the controls, everybody else at their apps."""
        if getattr(request.user, "is_superuser", False):
            return str(settings.PLATFORM_OWNER_START_URL)
        return str(super().get_login_redirect_url(request))

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Whoever signs in reads this language."""
        remember_language(user, request.LANGUAGE_CODE)
        answer: HttpResponse = super().post_login(request, user, **details)
        return answer

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, but never for a sandbox's guest: whoever needs no address may not have mail sent to one."""
        request = self.request
        is_guest = request is not None and str(getattr(request.user, "email", "")).endswith(GUEST_DOMAIN)
        if not is_guest:
            super().send_mail(template_prefix, email, context)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether strangers may make an account (`SIGN_UP_OPEN`)."""
        return bool(settings.SIGN_UP_OPEN)
