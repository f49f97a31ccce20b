"""A locked 7-Zip or RAR archive waits for a person as a locked ZIP does, whatever else the template has looked for."""

import io

import pytest

from kernel.errors import FILE_ENCRYPTED
from scanning.engines.inside import StructureEngine
from scanning.engines.port import Clean, Held
from scanning.inside.structure import structure_of
from tests.scanning import samples
from tests.scanning.closed_archives import (
    old_rar,
    rar,
    seven_zip,
    seven_zip_of_another_method,
    seven_zip_without_names,
)
from tests.scanning.making import tar_of
from tests.scanning.sources import BytesSource

SEVEN_ZIP, RAR = "application/x-7z-compressed", "application/vnd.rar"
LOCKED = {
    "7-Zip": seven_zip(locked=True),
    "small 7-Zip": seven_zip(locked=True, packed=False),
    "7-Zip with locked names": seven_zip_without_names(),
    "RAR": rar(locked=True),
    "RAR with locked names": rar(locked=True, names=True),
    "old RAR": old_rar(locked=True),
    "old RAR with locked names": old_rar(locked=False, names=True),
}
OPEN = {
    "7-Zip": seven_zip(locked=False),
    "small 7-Zip": seven_zip(locked=False, packed=False),
    "RAR": rar(locked=False),
    "old RAR": old_rar(locked=False),
}


@pytest.mark.parametrize("body", LOCKED.values(), ids=LOCKED)
@pytest.mark.parametrize("where", ["alone", "in a ZIP", "in a TAR"])
def test_a_locked_one_is_held(body: bytes, where: str) -> None:
    whole = {"alone": body, "in a ZIP": samples.zipped({"a": body}), "in a TAR": tar_of({"a": body})}[where]
    verdict = StructureEngine().examine(BytesSource(whole, SEVEN_ZIP))
    assert isinstance(verdict, Held)
    assert verdict.problem is FILE_ENCRYPTED
    assert "with a password" in verdict.detail


@pytest.mark.parametrize("body", OPEN.values(), ids=OPEN)
def test_an_open_one_is_left_to_the_other_engines(body: bytes) -> None:
    assert isinstance(StructureEngine().examine(BytesSource(body, RAR)), Clean)


@pytest.mark.parametrize("body", [
    seven_zip_of_another_method(),
    seven_zip(locked=False)[:-5],
    seven_zip(locked=False)[:20] + b"\xff" * 8 + seven_zip(locked=False)[28:],
    rar(locked=False)[:30],
    old_rar(locked=False)[:7] + b"\0\0\x73\0\0\0\0" + bytes(40),
])  # fmt: skip
def test_one_whose_table_of_contents_cannot_be_read_is_as_good_as_locked(body: bytes) -> None:
    verdict = StructureEngine().examine(BytesSource(body, RAR))
    assert isinstance(verdict, Held)
    assert "can't be read" in verdict.detail


@pytest.mark.parametrize("whole", [*LOCKED.values(), *OPEN.values()])
def test_wherever_one_breaks_off_or_is_bent_the_child_has_an_answer(whole: bytes) -> None:
    for place in range(8, len(whole)):
        for body in (whole[:place], whole[:place] + b"\xff" + whole[place + 1 :]):
            assert {finding.code for finding in structure_of(io.BytesIO(body), len(body))} <= {"FILE_ENCRYPTED"}
