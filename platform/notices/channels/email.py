"""E-mail over SMTP: plain words in text and HTML, with the buttons as links."""

import datetime as dt
import smtplib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext

from accounts.language import language_of
from kernel.language import said
from notices.buttons import Button, buttons_for
from notices.channels.port import Later, Message, Nobody, UndeliverableError
from notices.inert import made_inert, unlinked
from notices.models import Notice
from notices.outbox import rhythms_of
from notices.recipients import role_towards, roles_of
from notices.timing import EmailMode, Rhythm
from tenancy.roles import Role


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One notice in a letter. Names in it can't become links."""

    title: str
    words: str
    severity: str
    at: str
    buttons: list[Button]

    @classmethod
    def of(cls, notice: Notice, role: Role, zone: dt.tzinfo) -> "Paragraph":
        """The notice as this reader gets it, by the reader's clock."""
        facts = {name: made_inert(value, unlinked) for name, value in notice.facts.items()}
        words = notice.type.title_for(facts), notice.type.words_for(facts)
        return cls(*words, said(notice.type.severity.words), _when(notice.at, zone), buttons_for(notice, role))


@dataclass(frozen=True, slots=True)
class Letter:
    """One composed e-mail."""

    mail: EmailMultiAlternatives

    def send(self) -> None:
        """Hand it to the mail server."""
        try:
            self.mail.send()
        except smtplib.SMTPRecipientsRefused as refusal:
            is_final = all(code >= 500 for code, _ in refusal.recipients.values())
            raise UndeliverableError("The mail server refused the person's address.", is_final=is_final) from refusal
        except ValueError as error:  # Django's, for an address that can't stand in a header
            raise UndeliverableError("The person's address can't be used.", is_final=True) from error
        except smtplib.SMTPDataError as refusal:
            words = f"The mail server refused the letter: {refusal.smtp_code}."
            raise UndeliverableError(words, is_final=refusal.smtp_code >= 500) from refusal
        except (smtplib.SMTPException, OSError) as error:
            raise UndeliverableError("The mail server can't be reached, or doesn't let us in.") from error


class EmailChannel:
    """Letters to people, after asking once more whether they may and want to know."""

    def compose(self, message: Message, now: dt.datetime) -> Letter | Later | Nobody:
        """The letter, unless the person left, turned e-mail off, or sleeps."""
        user = message.first.person
        rhythm = rhythms_of([user.pk]).get(user.pk, Rhythm())
        told = _still_told(message)
        if not told:
            return Nobody("The person may not see this any more.")
        if not any(notice.type.is_urgent for notice, _ in told):
            if rhythm.mode == EmailMode.OFF:
                return Nobody("The person turned e-mail off.")
            if (awake := rhythm.after_quiet(now)) > now:
                return Later(awake)
        with language_of(user):
            subject = _subject([notice for notice, _ in told])
            return Letter(_mail(message, user.email, subject, [Paragraph.of(*each, rhythm.zone) for each in told]))


def _still_told(message: Message) -> list[tuple[Notice, Role]]:
    user_id = message.first.person.pk
    roles = roles_of(user_id)
    each = ((sent.notice, role_towards(sent.notice, user_id, roles)) for sent in message.deliveries)
    return [(notice, role) for notice, role in each if role is not None]


def _mail(message: Message, to: str, subject: str, paragraphs: list[Paragraph]) -> EmailMultiAlternatives:
    context = {
        "title": paragraphs[0].title if len(paragraphs) == 1 else subject,
        "paragraphs": paragraphs,
        "inbox_url": settings.SITE_URL + reverse("notices"),
        "inbox_words": gettext("All your notices"),
        "settings_url": settings.SITE_URL + reverse("notice-settings"),
        "settings_words": gettext("How often you get this letter"),
        "language": get_language() or settings.LANGUAGE_CODE,
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    mail = EmailMultiAlternatives(subject, _rendered("txt", context), to=[to], headers=_headers(message))
    mail.attach_alternative(_rendered("html", context), "text/html")
    return mail


def _when(moment: dt.datetime, zone: dt.tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{date_format(local, gettext('j F Y, H:i'))} {local.tzname()}"


def _subject(told: list[Notice]) -> str:
    """What happened, in one bounded line (see `inert`). A name spelled as an encoded word (RFC 2047) isn't decoded."""
    words = told[0].title if len(told) == 1 else _notices(len(told))
    return "Gatehouse: " + words.replace("=?", "=\u2060?")


def _notices(count: int) -> str:
    return ngettext("%(count)s notice", "%(count)s notices", count) % {"count": count}


def _headers(message: Message) -> dict[str, str]:
    """The Message-ID (RFC 5322 §3.6.4) by which a letter that comes twice is one; nobody answers it (RFC 3834)."""
    host = urlsplit(settings.SITE_URL).hostname or "gatehouse.invalid"
    return {"Message-ID": f"<{message.id}@{host}>", "Auto-Submitted": "auto-generated"}


def _rendered(ending: str, context: dict[str, Any]) -> str:
    return render_to_string(f"notices/email/letter.{ending}", context)
