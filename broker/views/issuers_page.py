"""`/w/<workspace>/issuers/`: the other sign-in services that a workspace trusts."""

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity import signed_in_id
from broker import issuers
from broker.access import members_only, workspace_of_theirs
from broker.forms import IssuerForm
from broker.models import TrustedIssuer
from tenancy.models import Workspace
from tenancy.principals import user_principal


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def issuers_page(request: HttpRequest, workspace: str) -> HttpResponse:
    """The list, and the form that adds one."""
    owned = workspace_of_theirs(request, workspace)
    form = IssuerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _add(request, owned, form):
        return redirect("issuers", workspace=owned.slug)
    context = {
        "workspace": owned,
        "issuers": TrustedIssuer.objects.filter(workspace=owned).order_by("-id"),
        "form": form,
    }
    return render(request, "broker/issuers.html", context, status=422 if form.errors else 200)


@require_POST
@members_only
def drop_issuer(request: HttpRequest, workspace: str, issuer_id: str) -> HttpResponse:
    """Trust one no longer; what its people hold dies."""
    owned = workspace_of_theirs(request, workspace)
    issuer = TrustedIssuer.objects.filter(workspace=owned, pk=issuer_id).first()
    if issuer is None:
        raise Http404
    issuers.drop(issuer, actor=user_principal(signed_in_id(request)))
    return redirect("issuers", workspace=owned.slug)


def _add(request: HttpRequest, workspace: Workspace, form: IssuerForm) -> bool:
    try:
        with transaction.atomic():
            issuers.trust(workspace, form.cleaned_data, actor=user_principal(signed_in_id(request)))
    except IntegrityError:
        form.add_error("issuer", _("This workspace trusts it already."))
        return False
    return True
