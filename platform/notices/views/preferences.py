"""When somebody wants e-mail about notices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.identity import signed_in_id
from notices.access import member_page
from notices.forms import PreferenceForm
from notices.models import NoticePreference
from tenancy.scoping import current_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def preferences(request: HttpRequest) -> HttpResponse:
    """The form, and saving it."""
    user_id = signed_in_id(request)
    stated = NoticePreference.objects.filter(user_id=user_id).first()
    stated = stated or NoticePreference(tenant_id=current_tenant(), user_id=user_id)
    form = PreferenceForm(request.POST or None, instance=stated)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("notice-settings")
    return render(request, "notices/settings.html", {"form": form}, status=422 if form.errors else 200)
