"""What the gate said of the rates in this request, for the headers of whatever comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from admission.asking import LayerState
from admission.gate import Admission, Ask, RefusedError, admit
from admission.room_headers import hearsay

_said: ContextVar[tuple[LayerState, ...]] = ContextVar("gatehouse_rates_said", default=())


def pass_gate(ask: Ask) -> Admission:
    """As `admit`, and what it said is remembered until the answer is made. Raises as `admit` does."""
    try:
        admission = admit(ask)
    except RefusedError as refused:
        _said.set(refused.states)
        raise
    hearsay.hear(admission.states)
    _said.set(admission.states)
    return admission


@contextmanager
def remembering() -> Iterator[None]:
    """One request; what was said in another isn't said again."""
    mark = _said.set(())
    try:
        yield
    finally:
        _said.reset(mark)


def said() -> tuple[LayerState, ...]:
    """Every layer's state; where the gate wasn't asked, what everybody shares as this process last heard of it."""
    return _said.get() or (hearsay.state(),)
