"""From answers to a document's content, from content to YAML, and what a new template begins with."""

import copy
from collections.abc import Mapping
from typing import Any

import yaml

from kernel.sizes import GB, MB
from marketplace.draft_terms import terms_of
from policy.actions import Action

_BLANK: dict[str, Any] = {
    "schema": "gatehouse.template/1",
    "slug": "template",
    "name": "",
    "version": "1.0.0",
    "summary": "",
    "audience": "team",
    "permissions": {"required": [Action.FILES_WRITE.value, Action.FILES_LIST.value], "optional": []},
    "uploads": {"types": ["application/pdf"], "type_words": "a PDF file", "max_bytes": 15 * MB, "url_ttl_seconds": 120},
    "tokens": {"ttl_seconds": 300},
    "downloads": {"url_ttl_seconds": 60},
    "scanning": {"engines": ["content_type", "malware"]},
    "classification": {"default": "internal", "kind": "file", "rules": []},
    "regions": ["eu-central-1"],
    "lifecycle": {"archive_after_days": None, "delete_after_days": 90, "trash_days": 7},
    "retention": {"label": "none", "minimum_days": 0},
    "encryption": {"mode": "sse-s3", "customer_key": "optional"},
    "quota": {"app_bytes": 5 * GB, "app_objects": 5000},
    "costs": {"currency": "EUR", "files_per_month": 100, "bytes_per_file": MB, "downloads_per_file": 3},
    "consent": {
        "surface": "files",
        "lines": [
            "Your files go to {workspace} and are stored in {place}.",
            "Each one is checked for viruses.",
            "They are kept {kept}.",
        ],
    },
    "options": [],
}


def blank() -> dict[str, Any]:
    """What a template made from a form begins with: a month's order of size, and nothing that gives much away."""
    return copy.deepcopy(_BLANK)


def with_answers(content: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The content with a form's answers in it. What no question is about stays, and so do exact sizes."""
    new: dict[str, Any] = copy.deepcopy(dict(content))
    new |= {name: answers[name] for name in ("name", "summary", "version", "audience", "regions")}
    new["permissions"] = {"required": answers["required"], "optional": answers["optional"]}
    new["uploads"] |= {"types": answers["types"], "type_words": answers["type_words"]}
    _set_size(new["uploads"], "max_bytes", answers["max_mb"], MB)
    _set_size(new["quota"], "app_bytes", answers["space_gb"], GB)
    new["costs"]["bytes_per_file"] = min(new["costs"]["bytes_per_file"], new["uploads"]["max_bytes"])
    new["lifecycle"] |= {"delete_after_days": answers["kept_days"], "archive_after_days": answers["archive_days"]}
    new["retention"]["minimum_days"] = answers["least_days"] or 0
    new["lifecycle"].pop("labels", None)
    if by_label := terms_of(answers):
        new["lifecycle"]["labels"] = by_label
    new["classification"]["default"] = answers["label"]
    new["scanning"] = {"engines": answers["engines"]}
    new["encryption"]["customer_key"] = answers["customer_key"]
    new.pop("captcha", None)
    return new | ({"captcha": "proof_of_work"} if answers["captcha"] else {})


def _set_size(place: dict[str, Any], name: str, count: int, unit: int) -> None:
    if max(place[name] // unit, 1) != count:
        place[name] = count * unit


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, which is how a person reads rules."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def as_yaml(content: Mapping[str, Any]) -> str:
    """The content as YAML that reads back as the same content."""
    text: str = yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text
