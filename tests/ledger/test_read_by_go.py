"""What we publish, read by an implementation that shares nothing with ours: Go's own `x/mod`."""

from __future__ import annotations

import os
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from recanvass.ledger import Ledger
from recanvass.ledger.publish_log import publish_log

GO_PATH = Path("/usr/share/gocode")
"""Where Debian's `golang-golang-x-mod-dev` has it."""
PROGRAM = Path(__file__).parent / "go" / "check_log.go"

needs_go = pytest.mark.skipif(
    shutil.which("go") is None or not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir(),
    reason="needs Go and its x/mod (Debian: golang-go, golang-golang-x-mod-dev)",
)


@pytest.fixture(scope="module")
def check_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, compiled."""
    folder = tmp_path_factory.mktemp("go")
    settings = {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOCACHE": str(folder / "cache")}
    subprocess.run(
        ["go", "build", "-o", folder / "check_log", PROGRAM],
        env={**os.environ, **settings},
        check=True,
    )
    return folder / "check_log"


def read_by_go(check_log: Path, key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([check_log, key, folder], capture_output=True, text=True, check=False)


@needs_go
@pytest.mark.parametrize("sizes", [[1], [2], [255], [256], [257], [3, 70_000], [65_536], [65_537]])
def test_go_accepts_every_width_of_a_published_log(check_log, sizes, tmp_path):
    with Ledger.create(tmp_path / "record.db", "example.com/go") as ledger:
        for size in sizes:  # published in between too, so that partial tiles are replaced
            numbers = range(ledger.size, size)
            ledger.append([str(n) for n in numbers], [b"entry %d" % n for n in numbers])
            publish_log(ledger, tmp_path / "log")
        found = read_by_go(check_log, ledger.verifier, tmp_path / "log")
        root = b64encode(ledger.root()).decode()
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{sizes[-1]} {root}\n", "")


@needs_go
@pytest.mark.parametrize(
    "file", ["checkpoint", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"]
)
def test_go_refuses_a_published_log_that_was_changed(check_log, file, tmp_path):
    with Ledger.create(tmp_path / "record.db", "example.com/go") as ledger:
        ledger.append([str(n) for n in range(300)], [b"entry %d" % n for n in range(300)])
        publish_log(ledger, tmp_path / "log")
        key = ledger.verifier
    target = tmp_path / "log" / file
    content = bytearray(target.read_bytes())
    content[-10] ^= 1
    target.write_bytes(bytes(content))
    assert read_by_go(check_log, key, tmp_path / "log").returncode == 1
