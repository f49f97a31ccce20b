"""What checks found, read in German: the words are ours, counts and names stay."""

import pytest
from django.utils.translation import override

from scanning.evidence import in_our_words


@pytest.mark.parametrize(
    ("kept", "german"),
    [
        ("2 card numbers, 1,200 e-mail addresses", "2 Kartennummern, 1.200 E-Mail-Adressen"),
        ("it holds more than 10,000 files", "es enthält mehr als 10.000 Dateien"),
        ("the text can't be read: a password locks it", "der Text lässt sich nicht lesen: ein Passwort verschließt es"),
        ("Win.Test.EICAR_HDB-1", "Win.Test.EICAR_HDB-1"),
        ("A stranger's words, 7 of them: here", "A stranger's words, 7 of them: here"),
        ("", ""),
    ],
)
def test_what_was_found_is_read_in_german(kept: str, german: str) -> None:
    assert in_our_words(kept) == kept
    with override("de"):
        assert in_our_words(kept) == german
