"""Media types: one spelling, families, extensions, and names that run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.media_types import (
    EXTENSIONS,
    RUNS_IN_BROWSERS,
    accept_attribute,
    extension_of,
    is_runnable,
    matches,
    normalise,
    type_of,
)

TOKENS = st.text("abcdefghij0123456789+.-_", min_size=1, max_size=12).map(lambda text: "x" + text)
TYPES = st.builds("{}/{}".format, TOKENS, TOKENS)


@pytest.mark.parametrize(
    ("given_type", "normal"),
    [
        ("image/jpeg", "image/jpeg"),
        ("IMAGE/JPEG", "image/jpeg"),
        (" image/jpeg\t", "image/jpeg"),
        ("image/jpeg; charset=binary", "image/jpeg"),
        ("image/jpeg;name=x.svg;type=image/svg+xml", "image/jpeg"),
        ("image/jpg", "image/jpeg"),
        ("image/pjpeg", "image/jpeg"),
        ("image/heif", "image/heic"),
        ("application/x-zip-compressed", "application/zip"),
        ("image/svg+xml", "image/svg+xml"),
    ],
)
def test_a_type_has_one_spelling(given_type: str, normal: str) -> None:
    assert normalise(given_type) == normal


@pytest.mark.parametrize(
    "text",
    ["", "/", "image", "image/", "/jpeg", "image/*", "*/*", "image/jpeg, text/html", "image /jpeg", "image/j peg",
     "image/jpeg\n", "image/jpeg\r\nx: y", "image/jp\x00eg", "image//jpeg", "image/jpeg/x", "imag\u0435/jpeg",
     "\u212aimage/jpeg", "\u00a0image/jpeg", "a" * 64 + "/b", "a/" + "b" * 64],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_type_is_none(text: str) -> None:
    assert normalise(text) is None


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    if once is not None:
        assert normalise(once) == once
        assert once.isascii()
        assert len(once) <= 127


@given(TYPES, st.text(max_size=20))
def test_parameters_never_change_the_type(content_type: str, parameters: str) -> None:
    assert normalise(f"{content_type};{parameters}") == normalise(content_type)


@given(TYPES)
def test_a_type_matches_itself_and_its_family_alone(content_type: str) -> None:
    family = content_type.partition("/")[0]
    assert matches(content_type, [content_type])
    assert matches(content_type, ["other/type", f"{family}/*"])
    assert not matches(content_type, [f"{family}y/*", f"{content_type}y", content_type[:-1], "*/*", "*", family, ""])
    assert not matches(content_type, [])


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("holiday.heic", "", "image/heic"),
        ("HOLIDAY.JPG", "application/octet-stream", "image/jpeg"),
        ("table.csv", "application/vnd.ms-excel", "text/csv"),
        ("table.csv", "text/csv", "text/csv"),
        ("table.xls", "application/vnd.ms-excel", "application/vnd.ms-excel"),
        ("holiday.jpg", "application/pdf", "application/pdf"),
        ("drawing.svg", "", None),
        ("program.exe", "application/octet-stream", None),
        ("holiday", "", None),
        ("holiday.jpg", "nonsense", None),
        ("holiday.jpg", "Image/JPG; q=1", "image/jpeg"),
    ],
)
def test_the_name_speaks_only_where_the_declaration_says_nothing(
    name: str, declared: str, expected: str | None
) -> None:
    assert type_of(name, declared) == expected


@given(st.text(max_size=20), TYPES)
def test_a_name_never_overrules_a_type_that_says_something(name: str, declared: str) -> None:
    assert type_of(name, declared) == declared


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.jpg", ".jpg"), ("a.tar.GZ", ".gz"), ("a", ""), ("", ""), (".svg", ".svg"), ("a.", ""), ("a.exe.", ".exe"),
        ("a.exe. . ", ".exe"), ("a.jpg.exe", ".exe"), ("...", ""),
    ],
)  # fmt: skip
def test_the_ending_is_the_one_that_windows_goes_by(name: str, ending: str) -> None:
    assert extension_of(name) == ending


@pytest.mark.parametrize(
    "name", ["a.html", "a.SVG", "photo.jpg.exe", "photo.jpg.js. ", "a.hta", ".xml", "invoice.pdf.lnk"]
)
def test_a_name_that_would_run_is_known(name: str) -> None:
    assert is_runnable(name)


@pytest.mark.parametrize("name", ["a.jpg", "html", "a.exe.jpg", "minutes v2.1", "acme.com", "a.zip", "写真.png", "exe"])
def test_an_ordinary_name_does_not_run(name: str) -> None:
    assert not is_runnable(name)


def test_no_type_with_a_known_extension_runs_anywhere() -> None:
    assert not RUNS_IN_BROWSERS & set(EXTENSIONS)
    assert not [ending for endings in EXTENSIONS.values() for ending in endings if is_runnable("a" + ending)]


def test_known_types_are_spelt_normally_and_no_extension_means_two() -> None:
    assert all(normalise(content_type) == content_type for content_type in EXTENSIONS)
    endings = [ending for endings in EXTENSIONS.values() for ending in endings]
    assert len(set(endings)) == len(endings)
    assert all(type_of("a" + ending, "") for ending in endings)


def test_a_chooser_is_told_types_and_extensions() -> None:
    assert accept_attribute(["image/jpeg", "image/png"]) == "image/jpeg,.jpg,.jpeg,image/png,.png"
    assert accept_attribute(["application/x-unknown"]) == "application/x-unknown"
    assert accept_attribute([]) == ""
