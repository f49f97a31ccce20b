"""`/w/<workspace>/encryption/`: the key that a workspace's files are encrypted with, for its owners."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in_id
from kernel.errors import Problem
from marketplace import customer_keys
from marketplace.access import member_page, owned_workspace
from marketplace.forms import CustomerKeyForm
from marketplace.models import CustomerKey
from tenancy.models import Workspace
from tenancy.principals import user_principal


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def encryption_page(request: HttpRequest, workspace: str) -> HttpResponse:
    """The keys, and the form that begins to use another."""
    owned = owned_workspace(request, workspace)
    if not settings.S3_CUSTOMER_KEYS:
        raise Http404
    form = CustomerKeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _use(request, owned, form):
        messages.success(request, _("What comes from now on is encrypted with this key."))
        return redirect("encryption", workspace=owned.slug)
    context = {
        "workspace": owned,
        "form": form,
        "keys": CustomerKey.objects.filter(workspace=owned).order_by("-used_since"),
    }
    return render(request, "marketplace/encryption.html", context, status=422 if form.errors else 200)


def _use(request: HttpRequest, workspace: Workspace, form: CustomerKeyForm) -> bool:
    try:
        customer_keys.use(workspace, form.cleaned_data["name"], actor=user_principal(signed_in_id(request)))
    except Problem as problem:
        form.add_error("name", problem.user_message)
        return False
    return True
