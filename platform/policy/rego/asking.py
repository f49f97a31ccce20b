"""One more rule of every decision: what the template's own module says. It refuses or labels; it never allows more."""

import functools
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import structlog

from kernel import errors
from kernel.decisions import Allowed, Decision, Denied
from policy.classification import CLASSES
from policy.rego.inspection import Inspector, RefusedModuleError
from policy.rego.local import LocalEvaluator
from policy.rego.port import BrokenPolicyError, Evaluator, Module, PolicyBusyError
from policy.rego.questions import question_of
from policy.shape import Document
from policy.wishes import UploadWish, Wish

_KIND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_KIND_CHARACTERS = 40
_MAX_REASON_CHARACTERS = 200
_log = structlog.get_logger(__name__)


@functools.cache
def local() -> LocalEvaluator:
    """This process's own engines, which also read every module before it is asked anywhere."""
    return LocalEvaluator()


@functools.cache
def inspector() -> Inspector:
    """What looks at modules before they are published, and before they are asked."""
    return Inspector(local().tree)


class _Current:
    """Whom this process asks: its own engines, or what the installation set instead."""

    evaluator: Evaluator | None = None


def ask_through(evaluator: Evaluator | None) -> None:
    """Let another evaluator answer from now on; None is this process's own."""
    _Current.evaluator = evaluator


def module_of(document: Document) -> Module | None:
    """The document's module once it was inspected; None for a document without one.

    Raises RefusedModuleError, BrokenPolicyError, PolicyBusyError.
    """
    return None if document.rego is None else inspector().module(document.rego)


def judged(document: Document, wish: Wish, allowed: Allowed) -> Decision:
    """What remains of an allowed wish once the document's module was asked."""
    if document.rego is None:
        return allowed
    try:
        module = inspector().module(document.rego)
        evaluator = _Current.evaluator or local()
        return _decision(evaluator.ask(module, question_of(document, wish)), module, wish, allowed)
    except PolicyBusyError as error:
        _log.warning("policy_engine_unavailable", template=document.slug, reason=str(error))
        return Denied(errors.POLICY_UNAVAILABLE)
    except (BrokenPolicyError, RefusedModuleError) as error:
        _log.warning("policy_broken", template=document.slug, version=document.version, reason=str(error))
        return Denied(errors.POLICY_BROKEN, {"why": cause_of(error)})


def _decision(said: Mapping[str, Any], module: Module, wish: Wish, allowed: Allowed) -> Decision:
    if reasons := _reasons(said, module):
        return Denied(errors.POLICY_REFUSED, {"reason": reasons[0]})
    if not isinstance(wish, UploadWish):
        return allowed
    return Allowed(_labelled(allowed.labels, said.get("labels", {})))


def _reasons(said: Mapping[str, Any], module: Module) -> list[str]:
    """Why not, in a stable order; a module with `allow` must say true, as one with `deny` must say nothing."""
    refused = said.get("deny", [])
    if not isinstance(refused, list):
        raise BrokenPolicyError("gives something else than a set of reasons as deny")
    reasons = sorted(reason_in(item) for item in refused)
    allow = said.get("allow", "allow" not in module.entries)
    if not isinstance(allow, bool):
        raise BrokenPolicyError("gives something else than true or false as allow")
    return reasons if allow or reasons else ["They don't allow this."]


def reason_in(item: Any) -> str:
    """A reason as people read it: one line, not endless. Raises BrokenPolicyError.

    It is a text, or an object that has one under `reason`, as many published modules write it.
    """
    text = item.get("reason") if isinstance(item, dict) else item
    if not isinstance(text, str):
        raise BrokenPolicyError("gives a reason that is no text")
    visible = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return " ".join(visible.split())[:_MAX_REASON_CHARACTERS] or "They refuse this."


def _labelled(labels: Mapping[str, str], said: Any) -> Mapping[str, str]:
    """The labels with the module's own kind, and its classification where that protects at least as well."""
    if not isinstance(said, dict) or not set(said) <= {"kind", "classification"}:
        raise BrokenPolicyError("gives labels other than kind and classification")
    kind, classification = said.get("kind", labels["kind"]), said.get("classification", labels["classification"])
    if not isinstance(kind, str) or len(kind) > _MAX_KIND_CHARACTERS or not _KIND.fullmatch(kind):
        raise BrokenPolicyError("gives a kind that is no plain word")
    if classification not in CLASSES or CLASSES.index(classification) < CLASSES.index(labels["classification"]):
        raise BrokenPolicyError("gives a classification below the template's")
    return {**labels, "kind": kind, "classification": classification}


def cause_of(error: Exception) -> str:
    """The cause for people: the engine's own complaint quotes the module and belongs into the log."""
    if isinstance(error, RefusedModuleError):
        return "they contain what no template may"
    why, _, _complaint = str(error).partition(": ")
    return f"the module {why}"
