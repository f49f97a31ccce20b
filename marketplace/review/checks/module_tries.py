"""The template's own module, tried: what it says of files that the document takes, and of files that it refuses.

The document always wins, so a module that says yes too often opens nothing. But who reads it would believe it, and
whoever wrote it may have meant it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace as changed
from itertools import islice

from kernel import errors
from kernel.decisions import Allowed, Denied
from kernel.regions import REGIONS
from marketplace.review.findings import Finding, Item, Severity
from marketplace.review.subject import Check, Subject
from policy.engine import decide
from policy.media_types import EXTENSIONS
from policy.rego.asking import judged, module_of
from policy.rego.inspection import RefusedModuleError
from policy.rego.port import BrokenPolicyError
from policy.sentences import Sentence
from policy.wishes import UploadWish

_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`')
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_NUMBER = re.compile(r"(?<![\w.])[0-9]{3,16}(?![\w.])")
_MOST_OWN_VALUES = 20


class ModuleTries(Check):
    """Asks the module about uploads that the document decides one way, and compares."""

    name = "module tries"
    item = Item.COMPLIANCE

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Nothing where there is no module, or one that can't be asked: that is another check's."""
        if not _can_be_asked(subject):
            return
        samples = list(_samples(subject))
        yield from _broken(subject, samples)
        yield from _never_lets_in(subject, samples)
        yield from _allows_what_the_document_denies(subject, samples)


def _can_be_asked(subject: Subject) -> bool:
    try:
        return module_of(subject.document) is not None
    except (RefusedModuleError, BrokenPolicyError):
        return False


def _samples(subject: Subject) -> Iterator[UploadWish]:
    """One small and one typical file of each type, in each region, as a person would name them."""
    uploads, typical = subject.document.uploads, subject.document.costs.bytes_per_file
    for content_type in uploads.types[:10]:
        ending = EXTENSIONS.get(content_type, (".bin",))[0]
        for region in subject.document.regions:
            for size in sorted({1_000, typical}):
                yield UploadWish(f"Miller-2041{ending}", min(size, uploads.max_bytes), content_type, region)


def _broken(subject: Subject, samples: list[UploadWish]) -> Iterator[Finding]:
    for wish in samples:
        decision = decide(subject.document, wish)
        if isinstance(decision, Denied) and decision.problem == errors.POLICY_BROKEN:
            words = "Tried with {name}, the module doesn't work ({why:words}): every upload would be refused."
            facts = {"name": wish.name, "why": decision.facts.get("why", "")}
            yield Finding(Severity.HIGH, "MODULE_BROKEN", "/rego", "", words, facts=facts)
            return


def _never_lets_in(subject: Subject, samples: list[UploadWish]) -> Iterator[Finding]:
    decisions = [decide(subject.document, wish) for wish in samples]
    refused = [one for one in decisions if isinstance(one, Denied) and one.problem == errors.POLICY_REFUSED]
    if decisions and len(refused) == len(decisions):
        words = "The module refused each of {count:count} files that the document takes."
        evidence, facts = refused[0].facts["reason"], {"count": len(decisions)}
        yield Finding(Severity.MEDIUM, "MODULE_REFUSES_ALL_TRIES", "/rego", evidence, words, facts=facts)


def _allows_what_the_document_denies(subject: Subject, samples: list[UploadWish]) -> Iterator[Finding]:
    module = module_of(subject.document)
    if module is None or "allow" not in module.entries:
        return
    for wish, what in islice(_denied_by_own_values(subject, samples), _MOST_OWN_VALUES * 3):
        if isinstance(judged(subject.document, wish, Allowed(_LABELS)), Allowed):
            words = "The module allows {what:words}, which the document denies. The document wins; the module misleads."
            (evidence,), facts = map(str, what.facts.values()), {"what": what.kept()}
            yield Finding(Severity.HIGH, "MODULE_ALLOWS_WHAT_DOCUMENT_DENIES", "/rego", evidence, words, facts=facts)
            return
    most = subject.document.uploads.max_bytes
    too_large = [changed(wish, size=most + 1) for wish in samples]
    if any(isinstance(judged(subject.document, wish, Allowed(_LABELS)), Allowed) for wish in too_large):
        words = "The module's allow doesn't look at sizes. The document does, so nothing is open; say it in a comment."
        yield Finding(Severity.INFO, "MODULE_ALLOW_IS_NOT_ALL", "/rego", str(most + 1), words)


_LABELS = {"classification": "public", "kind": "file"}
"""The least protected: what the module makes of labels is another try's matter."""


def _denied_by_own_values(subject: Subject, samples: list[UploadWish]) -> Iterator[tuple[UploadWish, Sentence]]:
    """Files with a type, size or region that the module names itself and the document denies."""
    document, text = subject.document, subject.document.rego or ""
    literals = [double or raw for double, raw in _TEXT.findall(text)]
    types = [name for name in literals if _TYPE.fullmatch(name) and name not in document.uploads.types]
    regions = [name for name in literals if name in REGIONS and name not in document.regions]
    sizes = [size for size in map(int, _NUMBER.findall(text)) if size > document.uploads.max_bytes]
    for wish in samples[:4]:
        for name in types[:_MOST_OWN_VALUES]:
            ending = EXTENSIONS.get(name, (".bin",))[0]
            of_type = Sentence("files of the type {type}", {"type": name})
            yield changed(wish, content_type=name, name=f"Miller-2041{ending}"), of_type
        for region in regions:
            yield changed(wish, region=region), Sentence("files in the region {region}", {"region": region})
        for size in (each - less for each in sizes[:_MOST_OWN_VALUES] for less in (0, 1)):
            yield changed(wish, size=size), Sentence("files of {size:count} bytes", {"size": size})
