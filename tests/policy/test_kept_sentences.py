"""Sentences that are kept: read in each reader's language, with numbers as that language writes them."""

import json

from django.utils.translation import override

from policy.sentences import Sentence

LARGE = Sentence("Anyone may upload files of {size:bytes}. {norm:bytes} are the norm for strangers.",
                 {"size": 1_500_000_000, "norm": 100_000_000})  # fmt: skip


def test_what_was_kept_is_read_by_each_in_their_language() -> None:
    kept = Sentence.of(json.loads(json.dumps(LARGE.kept())))
    assert str(kept) == "Anyone may upload files of 1.5 GB. 100 MB are the norm for strangers."
    with override("de"):
        assert str(kept) == "Alle dürfen Dateien von 1,5 GB hochladen. Für Fremde sind 100 MB üblich."


def test_a_sentence_stands_in_another() -> None:
    inner = Sentence("for {days:count} days", {"days": 1_825})
    outer = Sentence("The label {label} says {days:count} days, and files are kept {kept:words}.",
                     {"label": "tax", "days": 30, "kept": inner.kept()})  # fmt: skip
    assert str(outer) == "The label tax says 30 days, and files are kept for 1,825 days."
    with override("de"):
        assert str(outer) == "Die Kennzeichnung tax sagt 30 Tage, und Dateien bleiben für 1.825 Tage."


def test_what_was_written_before_facts_were_kept_stands_as_it_is() -> None:
    for words in ("People aren't told whose it is. Say it with {workspace}.", "100 % {0.__class__}"):
        with override("de"):
            assert str(Sentence.of(words)) == words


def test_a_name_is_never_read_as_a_hole() -> None:
    told = Sentence("There is a template called {name} already. People would take one for the other.",
                    {"name": "{name.__class__} {0}"})  # fmt: skip
    assert "{name.__class__} {0}" in str(told)
