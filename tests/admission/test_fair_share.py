"""A tenant's apps share its rate: nobody who asks for less than a fair share is starved, and nothing lies idle."""

import pytest

from admission.asking import Ask
from admission.limits import Layer, Rate
from admission.operations import Operation
from tests.admission.asking import START, is_let_in, limits
from tests.admission.conftest import facts

pytestmark = pytest.mark.usefixtures("transactional_db")

TENANT = Rate(6000, 200)  # 100 units a second
TICK = 10_000


def apps(count: int) -> list[Ask]:
    tenant = facts().tenant
    return [Ask.by(facts(tenant=tenant, expires_at=1e12), Operation.CREATE_FOLDER) for _ in range(count)]


def run(asks: dict[int, Ask], every: dict[int, int], seconds: int, by: object) -> dict[int, tuple[int, int]]:
    """How often each asked and was let in; `every` says after how many ticks of 10 ms, 0 for three times each tick."""
    counts = dict.fromkeys(asks, (0, 0))
    for tick in range(seconds * 100):
        for name, ask in asks.items():
            times = 3 if every[name] == 0 else int(tick % every[name] == 0)
            for _ in range(times):
                asked, let_in = counts[name]
                counts[name] = asked + 1, let_in + is_let_in(ask, by, START + tick * TICK)  # type: ignore[arg-type]
    return counts


def test_one_app_alone_may_use_the_whole_of_its_tenants_rate() -> None:
    hog = apps(1)[0]
    asked, let_in = run({0: hog}, {0: 0}, 10, limits({Layer.TENANT: TENANT}))[0]
    assert asked == 3000
    assert 1000 <= let_in <= 200 + 1000


def test_apps_under_their_share_are_never_refused_beside_a_hog() -> None:
    """Four of them ask for 12 a second each; a sixth of 100 is everybody's share. The hog takes the rest."""
    hog, *small = apps(5)
    asks = {0: hog, **dict(enumerate(small, 1))}
    counts = run(asks, {0: 0, 1: 8, 2: 8, 3: 8, 4: 8}, 12, limits({Layer.TENANT: TENANT}))
    for name in range(1, 5):
        asked, let_in = counts[name]
        assert asked == let_in
    assert sum(let_in for _asked, let_in in counts.values()) >= 0.95 * 1200


def test_a_newcomer_is_let_in_at_once_however_long_a_hog_had_it_all() -> None:
    hog, newcomer = apps(2)
    by = limits({Layer.TENANT: TENANT})
    run({0: hog}, {0: 0}, 8, by)
    later = START + 8 * 1_000_000
    while is_let_in(hog, by, later):
        pass
    assert [is_let_in(newcomer, by, later) for _ in range(5)] == [True] * 5


def test_many_newcomers_at_one_moment_are_let_in_beside_a_hog() -> None:
    hog, *newcomers = apps(31)
    by = limits({Layer.TENANT: TENANT})
    while is_let_in(hog, by, START):
        pass
    assert all(is_let_in(newcomer, by, START) for newcomer in newcomers)


def test_weights_say_what_hogs_get_of_each_other() -> None:
    """Three of them want everything; one weighs three times the others."""
    first, second, third = apps(3)
    by = limits({Layer.TENANT: TENANT}, {first.app: 3})
    counts = run({0: first, 1: second, 2: third}, {0: 0, 1: 0, 2: 0}, 8, by)
    shares = {name: let_in for name, (_asked, let_in) in counts.items()}
    assert sum(shares.values()) >= 0.95 * 800
    for name in (1, 2):
        assert shares[name] >= 8 * 100 / 6 * 0.95


def test_a_heavy_app_gets_its_share_of_units_beside_a_light_one() -> None:
    light, heavy = apps(2)
    heavy = Ask.by(heavy.token, Operation.MULTIPART_START)  # type: ignore[arg-type]
    by = limits({Layer.TENANT: TENANT})
    counts = run({0: light, 1: heavy}, {0: 0, 1: 0}, 8, by)
    assert counts[1][1] * 5 >= 8 * 100 / 3 * 0.95
    assert counts[0][1] >= 8 * 100 / 3 * 0.95


def test_other_tenants_share_nothing() -> None:
    by = limits({Layer.TENANT: Rate(60, 1)})
    assert all(is_let_in(apps(1)[0], by, START) for _ in range(5))
