"""`/oauth/authorize`: a person lets another program use an app for them (RFC 6749 §4.1, RFC 7636)."""

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from oauth2_provider.views.base import AuthorizationView

from accounts.identity import signed_in_id
from audit.actions import AuditAction
from audit.record import record
from broker import consents
from broker.grants import ConsentNeeded, Grant, GrantSource
from policy.actions import Action
from tenancy.addresses import tenant_of_publishable_id
from tenancy.memberships import in_workspace
from tenancy.models import MicroApp
from tenancy.principals import user_principal
from tenancy.roles import Role
from tenancy.scoping import tenant_scope


@method_decorator(never_cache, name="dispatch")
class AuthorizeView(AuthorizationView):  # type: ignore[misc]  # the library has no types
    """The library's view with our page: who asks, for what, and where the person's files would go."""

    template_name = "broker/authorize.html"
    grants: GrantSource | None = None
    app: MicroApp
    grant: Grant

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only a person who may use the app gets as far as the question; for others there is no such app."""
        if not request.user.is_authenticated:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]
        client_id = str(request.POST.get("client_id") or request.GET.get("client_id") or "")
        tenant_id = tenant_of_publishable_id(client_id)
        if tenant_id is None:
            raise Http404
        with tenant_scope(tenant_id):
            self._find(request, client_id)
            response: HttpResponse = super().dispatch(request, *args, **kwargs)
            return response.render() if isinstance(response, TemplateResponse) else response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, always: a link can't ask to leave the question out (`approval_prompt=auto`)."""
        parameters = request.GET.copy()
        parameters["approval_prompt"] = "force"
        request.GET = parameters  # type: ignore[assignment]  # the stubs know only those that came by wire
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def _find(self, request: HttpRequest, client_id: str) -> None:
        app = MicroApp.objects.select_related("workspace", "application").get(publishable_id=client_id)
        membership = in_workspace(signed_in_id(request), app.workspace_id)
        held = self.grants(client_id) if self.grants else None
        grant = held.grant(Role(membership.role)) if held and membership else None
        if grant is None:
            raise Http404
        self.app, self.grant = app, grant

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What the page says: the words of each action, of those it can't have, and of the consent."""
        asked = {Action(name) for name in context.get("scopes", ())}
        target = urlsplit(str(context.get("redirect_uri") or ""))
        return super().get_context_data(  # type: ignore[no-any-return]
            **context,
            app=self.app,
            may=[action.words for action in Action if action in asked & self.grant.reach.actions],
            may_not=[action.words for action in Action if action in asked - self.grant.reach.actions],
            consents=self._required() if Action.FILES_WRITE in asked else [],
            host=target.netloc,
        )

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """The page, from which the browser may be sent on to the program's own address and nowhere else."""
        response: HttpResponse = super().render_to_response(context, **kwargs)
        target = urlsplit(str(context.get("redirect_uri") or ""))
        if target.scheme in {"https", "http"}:
            response._csp_update = {"form-action": ["'self'", f"{target.scheme}://{target.netloc}"]}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's way
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """The answer to the question, recorded with the consent that it includes."""
        with transaction.atomic():
            if form.cleaned_data.get("allow"):
                self._record(str(form.cleaned_data.get("scope") or "").split())
            return super().form_valid(form)  # type: ignore[no-any-return]

    def _required(self) -> list[ConsentNeeded]:
        """What nothing is shared without; optional surfaces are agreed to where files are chosen."""
        return [needed for needed in self.grant.consents if needed.is_required]

    def _record(self, scopes: list[str]) -> None:
        person = signed_in_id(self.request)
        if Action.FILES_WRITE in scopes:
            for needed in self._required():
                consents.agree(self.app, person, needed)
        record(
            AuditAction.CLIENT_AUTHORIZED,
            actor=user_principal(person),
            app_id=self.app.id,
            subject=f"app:{self.app.id}",
            scope=" ".join(scopes),
        )
