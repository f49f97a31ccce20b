"""Signs of personal data in text: numbers that carry check digits, and heaps of addresses.

Only what can be counted without being kept: of each value a hash is held while the file is read.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from stdnum import iban, luhn
from stdnum.be import nn
from stdnum.ch import ssn as ahv
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.pl import pesel
from stdnum.us import ssn

OVERLAP: Final = 256
_Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of value: how it is written, its check, and from how many different ones on a person must decide.

    An invoice has an account, an address and a telephone number; a list of customers has many.
    """

    words: tuple[str, str]
    pattern: re.Pattern[str]
    is_valid: _Check
    from_count: int = 1

    def values_in(self, text: str) -> Iterator[str]:
        """The values in a stretch of text, each as its pattern's last group gives it."""
        for found in self.pattern.finditer(text):
            value = found[found.lastindex or 0]
            if self.is_valid(value):
                yield re.sub(r"[\s./-]", "", value).lower()


def _is_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    is_repeated = len(set(digits)) == 1
    return not is_repeated and bool(luhn.is_valid(digits))


def _any(_: str) -> bool:
    return True


def _labelled(words: str, value: str) -> re.Pattern[str]:
    """A value behind its label, for numbers whose check digits alone fit too many others."""
    return re.compile(rf"(?i:\b(?:{words})\b)\W{{0,12}}(?:[a-z]{{1,12}}\W{{0,4}}){{0,2}}({value})(?!\d)")


SIGNS: Mapping[str, Sign] = {
    "card": Sign(
        ("card number", "card numbers"),
        # Not within a fingerprint: a million letters and digits of those hold ten numbers whose check digit fits.
        re.compile(r"(?<![\d.,-])(?<![\da-fA-F][a-fA-F])((?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|3[47]\d{2}|6(?:011|5\d{2}))"
            r"(?:[ -]?\d){9,12})(?![\d-]|[.,]\d|[a-fA-F][\da-fA-F])"),
        _is_card,
    ),
    "iban": Sign(
        ("account number", "account numbers"),
        re.compile(r"(?<![A-Z0-9])([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)(?![A-Z0-9])"),
        lambda text: bool(iban.is_valid(text)),
        from_count=3,
    ),
    "person_it": Sign(
        ("Italian tax code", "Italian tax codes"),
        re.compile(r"\b([A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z])\b"),
        lambda text: bool(codicefiscale.is_valid(text)),
    ),
    "person_ch": Sign(
        ("Swiss insurance number", "Swiss insurance numbers"),
        re.compile(r"(?<!\d)(756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2})(?!\d)"),
        lambda text: bool(ahv.is_valid(text)),
    ),
    "person_fr": Sign(
        ("French insurance number", "French insurance numbers"),
        re.compile(r"(?<!\d)([12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2})(?!\d)"),
        lambda text: bool(nir.is_valid(text)),
    ),
    "person_es": Sign(
        ("Spanish identity number", "Spanish identity numbers"),
        re.compile(r"(?<![A-Z0-9])(\d{8}-?[TRWAGMYFPDXBNJZSQVHLCKE])(?![A-Z0-9])"),
        lambda text: bool(dni.is_valid(text)),
    ),
    "person_us": Sign(
        ("US social security number", "US social security numbers"),
        _labelled("ssn|social security", r"\d{3}-\d{2}-\d{4}"),
        lambda text: bool(ssn.is_valid(text)),
    ),
    "person_de": Sign(
        ("German tax number", "German tax numbers"),
        _labelled("idnr|steuer-?id|(?:steuer|steuerliche )identifikationsnummer", r"\d{2} ?\d{3} ?\d{3} ?\d{3}"),
        lambda text: bool(idnr.is_valid(text)),
    ),
    "person_pl": Sign(
        ("Polish identity number", "Polish identity numbers"),
        _labelled("pesel", r"\d{11}"),
        lambda text: bool(pesel.is_valid(text)),
    ),
    "person_be": Sign(
        ("Belgian national number", "Belgian national numbers"),
        re.compile(r"(?<!\d)(\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2})(?!\d)"),
        lambda text: bool(nn.is_valid(text)),
    ),
    "email": Sign(
        ("e-mail address", "e-mail addresses"),
        re.compile(r"(?<![\w.+-])([\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4})(?![\w-])", re.IGNORECASE),
        _any,
        from_count=20,
    ),
    "phone": Sign(
        ("telephone number", "telephone numbers"),
        re.compile(r"(?<![\w+])(\+\d{1,3}[ ./()-]{0,2}(?:\d[ ./()-]{0,2}){7,12})(?!\w)"),
        _any,
        from_count=20,
    ),
}  # fmt: skip


def counts_in(pieces: Iterable[str], signs: Mapping[str, Sign] = SIGNS) -> dict[str, int]:
    """How many different values of each kind the text holds. Memory grows with what is counted, up to its limit."""
    seen: dict[str, set[int]] = {name: set() for name in signs}
    tail = ""
    for piece in pieces:
        text = tail + piece
        for name, sign in signs.items():
            if len(seen[name]) < _COUNTED_UP_TO:
                seen[name].update(hash(value) for value in sign.values_in(text))
        tail = text[-OVERLAP:]
    return {name: len(values) for name, values in seen.items() if values}


_COUNTED_UP_TO = 10_000


def words_for(counts: Mapping[str, int], signs: Mapping[str, Sign] = SIGNS) -> list[str]:
    """What a person must decide about: `2 card numbers`."""
    telling = {name: count for name, count in counts.items() if count >= signs[name].from_count}
    return [f"{count:,} {signs[name].words[count > 1]}" for name, count in telling.items()]
