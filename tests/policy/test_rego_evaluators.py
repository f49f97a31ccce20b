"""The contract of every evaluator, kept by our own engines and by our client of an OPA server."""

import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from policy.rego import asking
from policy.rego.local import LocalEvaluator
from policy.rego.opa_server import OpaServer
from policy.rego.port import BrokenPolicyError, Evaluator, Module, PolicyBusyError
from tests.policy.opa_double import OpaDouble, opa_double
from tests.policy.rego_modules import INVOICES, PREFIX


@pytest.fixture
def opa() -> Iterator[OpaDouble]:
    with opa_double() as server:
        yield server


@pytest.fixture(params=["local", "opa"])
def evaluator(request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    if request.param == "local":
        local = LocalEvaluator(deadline_seconds=1.0)
        yield local
        local.end()
    else:
        with opa_double() as server:
            client = OpaServer(server.url, deadline_seconds=2.0)
            yield client
            client.end()


def module(rules: str) -> Module:
    return asking.inspector().module(PREFIX + rules)


def upload(name: str) -> bytes:
    return json.dumps({"operation": "uploadStart", "file": {"name": name, "size": 5}}).encode()


def test_every_entry_that_is_defined_is_answered(evaluator: Evaluator) -> None:
    answer = evaluator.ask(asking.inspector().module(INVOICES), upload("a.pdf"))
    assert answer == {"deny": ["a.pdf is not called like an invoice."], "labels": {"kind": "invoice"}}


def test_an_undefined_entry_is_left_out(evaluator: Evaluator) -> None:
    only = module('allow if input.file.name == "a.jpg"')
    assert evaluator.ask(only, upload("b.jpg")) == {}
    assert evaluator.ask(only, upload("a.jpg")) == {"allow": True}


def test_a_failing_function_is_an_error_and_not_a_no(evaluator: Evaluator) -> None:
    with pytest.raises(BrokenPolicyError, match="failed"):
        evaluator.ask(module('deny contains "no" if to_number(input.file.name) > 1'), upload("a"))


def test_too_long_an_answer_is_an_error(evaluator: Evaluator) -> None:
    long = module(
        'deny contains concat("", [x | a := [1,2,3,4,5,6,7,8,9,10]; a[_]; a[_]; a[_]; x := "' + 50 * "x" + '"])'
    )
    with pytest.raises(BrokenPolicyError, match="more than fits"):
        evaluator.ask(long, upload("a"))


def test_modules_keep_apart(evaluator: Evaluator) -> None:
    first, second = module('deny contains "first"'), module('deny contains "second"')
    for _ in range(3):
        assert evaluator.ask(first, upload("a")) == {"deny": ["first"]}
        assert evaluator.ask(second, upload("a")) == {"deny": ["second"]}


def test_many_threads_get_their_own_answers(evaluator: Evaluator) -> None:
    echo = module("deny contains input.file.name")
    names = [f"{number}.jpg" for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda name: evaluator.ask(echo, upload(name))["deny"], names))
    assert answers == [[name] for name in names]


def test_more_modules_than_an_engine_keeps_are_loaded_anew() -> None:
    local = LocalEvaluator(most_children=1, deadline_seconds=1.0)
    modules = [module(f'deny contains "{number}"') for number in range(70)]
    for turn in ("a", "b"):
        answers = [local.ask(each, upload(turn))["deny"] for each in modules]
        assert answers == [[str(number)] for number in range(70)]
    local.end()


def test_an_answer_is_remembered_and_a_failure_is_not() -> None:
    local = LocalEvaluator(most_children=1, deadline_seconds=1.0)
    echo = module("deny contains input.file.name\n# remembered")
    assert local.ask(echo, upload("a")) is local.ask(echo, upload("a"))
    local.end()


def test_engines_that_are_all_at_work_are_busy_and_not_broken() -> None:
    local = LocalEvaluator(most_children=1, deadline_seconds=0.3)
    local.warm()
    slow = module(f'deny contains "no" if count([1 | a := [1,2,3,4,5,6,7,8,9,10]; {"a[_]; " * 10} true]) > 0')
    begun = threading.Event()

    def ask_slow() -> None:
        begun.set()
        with pytest.raises(BrokenPolicyError):
            local.ask(slow, upload("a"))

    impatient = LocalEvaluator(most_children=0, deadline_seconds=0.05)
    with pytest.raises(PolicyBusyError):
        impatient.ask(slow, upload("a"))
    thread = threading.Thread(target=ask_slow)
    thread.start()
    thread.join()
    assert begun.is_set()
    assert local.ask(module('deny contains "next"'), upload("a")) == {"deny": ["next"]}
    local.end()


def test_an_engine_killed_from_outside_is_replaced() -> None:
    local = LocalEvaluator(most_children=1, deadline_seconds=1.0)
    local.warm()
    (process_id,) = local.process_ids()
    os.kill(process_id, 9)
    with pytest.raises(BrokenPolicyError):
        local.ask(module('deny contains "x"\n# killed'), upload("a"))
    assert local.ask(module('deny contains "x"\n# after'), upload("a")) == {"deny": ["x"]}
    assert process_id not in local.process_ids()
    local.end()


def test_a_forked_process_starts_engines_of_its_own() -> None:
    local = LocalEvaluator(most_children=1, deadline_seconds=1.0)
    local.warm()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        own = json.dumps(sorted(local.process_ids())).encode()
        os.write(writing, own)
        os._exit(0)
    os.waitpid(child, 0)
    assert json.loads(os.read(reading, 1000)) == []
    os.close(reading)
    os.close(writing)
    local.end()


def test_a_server_that_forgot_the_module_is_told_again(opa: OpaDouble) -> None:
    server = OpaServer(opa.url, deadline_seconds=2.0)
    echo = module("deny contains input.file.name\n# forgotten")
    server.ask(echo, upload("a"))
    opa.policies.clear()
    assert server.ask(echo, upload("b")) == {"deny": ["b"]}
    server.end()


def test_the_server_keeps_each_module_under_a_package_of_its_own(opa: OpaDouble) -> None:
    server = OpaServer(opa.url, token="s3cret", deadline_seconds=2.0)
    one = module('deny contains "x"\n# alone')
    server.ask(one, upload("a"))
    assert f"package gatehouse.t{one.digest}" in opa.policies[f"gatehouse/t{one.digest}"]
    assert {authorization for _, _, authorization in opa.seen} == {"Bearer s3cret"}
    server.end()


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, b"{}"), (200, b"<html>"), (200, b"[]"), (401, b'{"code": "unauthorized"}'), (302, b""), (200, b"{}")],
)
def test_a_server_that_answers_otherwise_is_unavailable(opa: OpaDouble, status: int, body: bytes) -> None:
    opa.instead = (status, body)
    server = OpaServer(opa.url, deadline_seconds=2.0)
    with pytest.raises(PolicyBusyError):
        server.ask(module('deny contains "x"\n# otherwise'), upload("a"))
    server.end()


def test_a_server_that_dawdles_is_given_up_at_the_deadline(opa: OpaDouble) -> None:
    opa.delay_seconds = 1.0
    with pytest.raises(PolicyBusyError):
        OpaServer(opa.url, deadline_seconds=0.05).ask(module('deny contains "x"\n# dawdles'), upload("a"))


@pytest.mark.parametrize("url", ["", "opa", "ftp://opa", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="begins with http"):
        OpaServer(url)
