"""`recanvass serve` as a process of its own, and `verify --url` as its reader."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from made_up_case import ROWS, write_case
from recanvass.cli.load import load_into
from recanvass.ledger import Ledger
from web_server import serving

PATIENCE = 20.0


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(ledger: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `recanvass serve`; yield the address when it answers, and the process."""
    port = free_port()
    words = ["--ledger", str(ledger), "serve", "--port", str(port), *options]
    process = subprocess.Popen(
        [sys.executable, "-m", "recanvass", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _wait(address: str, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()[0]
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{address}: no answer in {PATIENCE} s")


@pytest.fixture
def ledger(small_ledger: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "town.db"
    shutil.copy(small_ledger, copy)
    shutil.copy(f"{small_ledger}.key", f"{copy}.key")
    return copy


@pytest.fixture
def key(ledger: Path) -> str:
    with Ledger.open(ledger, read_only=True) as opened:
        return opened.verifier


def test_a_monitor_follows_a_served_log_as_it_grows(run, ledger, key, tmp_path) -> None:
    saved = tmp_path / "saved"
    with served(ledger, "--workers", "2") as (address, _):
        words = ("verify", "--url", f"{address}/log", "--key", key, "--checkpoint", saved)
        first = run(*words)
        assert (first.status, first.err) == (0, "")
        assert "folded twice" in first.out
        assert "6 files of totals" in first.out
        load_into(
            str(ledger), write_case(tmp_path / "case", "East,1,120,101,91,10,61,30", *ROWS[1:])
        )
        second = run(*words)
        assert (second.status, second.err) == (0, "")
        assert "1 new ones were read" in second.out
        asked = run("--ledger", f"{address}/log", "results", "mayor")
        assert asked.out == run("--ledger", ledger, "results", "mayor").out


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_ends_well(ledger, how) -> None:
    with served(ledger) as (_, process):
        os.kill(process.pid, how)
        out, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, out
        assert "Traceback" not in out
        assert "recanvass verify --url http://127.0.0.1:" in out


def test_wrong_use_is_told_in_one_line(run, ledger, tmp_path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        wrong = {
            f"cannot listen on 127.0.0.1 port {port}": ("serve", "--port", port),
            "--port: found 0; expected 1 to 65535": ("serve", "--port", 0),
            "--workers: found 0; expected 1 to 64": ("serve", "--workers", 0),
            "serve: cannot listen on no.host.invalid": ("serve", "--host", "no.host.invalid"),
        }
        for message, words in wrong.items():
            ran = run("--ledger", ledger, *words)
            assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1), words
            assert message in ran.err
    run("--ledger", ledger, "publish", tmp_path / "out")
    ran = run("--ledger", tmp_path / "out" / "log", "serve")
    assert ran.status == 2
    assert "any web server can carry; expected a ledger" in ran.err


def test_a_published_folder_is_verified_by_its_address(run, ledger, key, tmp_path) -> None:
    run("--ledger", ledger, "publish", tmp_path / "out")
    with serving(tmp_path / "out") as address:
        ran = run("verify", "--url", f"{address}/log/", "--key", key, "--station", "land/east/1")
        assert (ran.status, ran.err) == (0, "")
        assert "6 files of totals" in ran.out
        assert "is in the tree" in ran.out
        (file,) = (tmp_path / "out").glob("results/*/mayor/standing/total.json")
        file.write_text(file.read_text().replace('"votes":150', '"votes":151'))
        ran = run("verify", "--url", f"{address}/log", "--key", key)
        assert ran.status == 1
        assert "options elm votes: found 151; expected 150" in ran.out


def test_a_published_log_can_be_published_again_by_who_mirrors_it(
    run, ledger, key, tmp_path
) -> None:
    run("--ledger", ledger, "publish", tmp_path / "out")
    with serving(tmp_path / "out") as address:
        ran = run("--ledger", f"{address}/log", "publish", tmp_path / "mirror")
        assert (ran.status, ran.err) == (0, "")
    ours, mirror = (
        {f.relative_to(d): f.read_bytes() for f in d.rglob("*") if f.is_file()}
        for d in (tmp_path / "out", tmp_path / "mirror")
    )
    assert ours == mirror


def test_an_address_without_a_log_is_told_in_one_line(run, tmp_path) -> None:
    with serving(tmp_path) as address:
        for words in (("verify", "--url", f"{address}/log"), ("--ledger", address, "timeline")):
            ran = run(*words)
            assert (ran.status, len(ran.err.splitlines())) == (2, 1)
            assert "found no file checkpoint; expected a log" in ran.err
    ran = run("verify", "--url", "ftp://host/log")
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert "expected an address such as https://host/log" in ran.err
