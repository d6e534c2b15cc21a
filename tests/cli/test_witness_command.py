"""Real witnesses on loopback, asked by the real command, for a log that readers check by policy."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from made_up_case import ROWS, write_case
from recanvass.cli.load import load_into
from recanvass.ledger import Ledger
from recanvass.ledger.checkpoint import read_checkpoint
from recanvass.ledger.key_file import find_signers

ORIGIN = "ledger.example/made-up"
STATION = "land/east/1"


@pytest.fixture
def ledger(small_ledger: Path, tmp_path: Path) -> Path:
    """A copy of the made-up ledger, with its key, that may be added to."""
    copy = tmp_path / "town.db"
    shutil.copy(small_ledger, copy)
    shutil.copy(f"{small_ledger}.key", f"{copy}.key")
    return copy


def verifier_of(ledger: Path) -> str:
    with Ledger.open(ledger, read_only=True) as opened:
        return opened.verifier


@dataclass
class Running:
    """A witness process."""

    process: subprocess.Popen[str]
    url: str
    key: str

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture
def start(run, ledger: Path, tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    """Start the witness of a name; started again, it has the key and the memory that it had."""
    running: list[Running] = []

    def begin(name: str) -> Running:
        key = tmp_path / f"{name}.key"
        if not key.exists():
            assert run("key", "new", f"{name}.example", "--witness", "--out", key).status == 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ["witness", "--key", key, "--state", tmp_path / f"{name}.db"]
        words += ["--log", verifier_of(ledger), "--port", port]
        process = subprocess.Popen(
            [sys.executable, "-m", "recanvass", *map(str, words)], stdout=subprocess.PIPE, text=True
        )
        one = Running(process, f"http://127.0.0.1:{port}", run("key", "show", key).out.strip())
        running.append(one)
        _await(one.url)
        return one

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.stop()


def _await(url: str) -> None:
    for _ in range(300):
        try:
            httpx.get(f"{url}/", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{url}: nobody answers")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def write_policy(tmp_path: Path, ledger: Path, needed: object, *witnesses: Running) -> Path:
    names = [f"w{n}" for n in range(len(witnesses))]
    lines = [f"log {verifier_of(ledger)}"]
    lines += [f"witness {n} {w.key} {w.url}" for n, w in zip(names, witnesses, strict=True)]
    lines += [f"group all-of-them {needed} {' '.join(names)}", "quorum all-of-them"]
    path = tmp_path / "policy"
    path.write_text("\n".join(lines))
    return path


def add_correction(ledger: Path, tmp_path: Path) -> None:
    load_into(str(ledger), write_case(tmp_path / "case", "East,1,120,101,91,10,61,30", *ROWS[1:]))


def test_a_log_is_cosigned_published_and_checked_by_policy(run, start, ledger, tmp_path):
    first, second = start("bar"), start("news")
    policy = write_policy(tmp_path, ledger, "all", first, second)
    refused = run("--ledger", ledger, "verify", "--policy", policy)
    assert refused.status == 1
    assert "found it cosigned by nobody; expected the quorum all-of-them" in refused.err

    assert run("--ledger", ledger, "publish", tmp_path / "out").status == 0
    ran = run("--ledger", ledger, "publish", tmp_path / "out", "--policy", policy)
    assert ran.status == 0
    assert "cosigned by w0 at" in ran.out and "cosigned by w1 at" in ran.out
    assert "1 files written" in ran.out, "the checkpoint was not written again with more signatures"
    again = run("--ledger", ledger, "publish", tmp_path / "out")
    assert "0 files written" in again.out

    log = tmp_path / "out" / "log"
    run("--ledger", ledger, "prove", STATION, "--out", tmp_path / "proofs")
    (proof,) = (tmp_path / "proofs").iterdir()
    for words in (["--ledger", ledger, "verify"], ["verify", "--dir", log], ["verify", proof]):
        ran = run(*words, "--policy", policy)
        assert (ran.status, ran.err) == (0, ""), words
        assert len(re.findall(r"cosigned by w\d at .* UTC", ran.out)) == 2, words
        assert "quorum all-of-them: met" in ran.out

    shown = httpx.get(
        f"{first.url}/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint", trust_env=False
    )
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert read_checkpoint(shown.content) == read_checkpoint((log / "checkpoint").read_bytes())


def test_with_too_few_witnesses_nothing_is_published(run, start, ledger, tmp_path):
    up, down = start("bar"), start("news")
    assert down.stop() == 0
    for needed, status in (("all", 1), ("any", 0)):
        policy = write_policy(tmp_path, ledger, needed, up, down)
        ran = run("--ledger", ledger, "publish", tmp_path / needed, "--policy", policy)
        assert ran.status == status
        assert "w1 did not sign: ConnectError" in ran.out
        assert (tmp_path / needed / "log" / "checkpoint").exists() == (status == 0)
        assert run("--ledger", ledger, "cosign", "--policy", policy).status == status


def test_a_rotated_key_is_followed_by_the_policy_and_the_witness_needs_it(
    run, start, ledger, tmp_path
):
    witness = start("bar")
    policy = write_policy(tmp_path, ledger, "all", witness)  # it names the first key
    assert run("--ledger", ledger, "key", "add").status == 0
    publish = ("--ledger", ledger, "publish", tmp_path / "out", "--policy", policy)
    assert run(*publish).status == 0, "while both sign, the witness knows one of them"
    log = tmp_path / "out" / "log"
    assert run("verify", "--dir", log, "--policy", policy).status == 0
    old = run("--ledger", ledger, "key", "show", "--format", "json").json()[0]["verifier"]
    run("--ledger", ledger, "key", "retire", old)
    ran = run(*publish)
    assert ran.status == 1
    assert "answered 403" in ran.out
    assert witness.stop() == 0
    moved = start("bar")  # told of the newest key
    policy.write_text(policy.read_text().replace(witness.url, moved.url))
    assert run(*publish).status == 0
    assert run("verify", "--dir", log, "--policy", policy).status == 0


def forked(ledger: Path, tmp_path: Path) -> Path:
    """Another history of the same length under the same keys."""
    path = tmp_path / "forked.db"
    with Ledger.open(ledger, read_only=True) as true:
        entries = [entry.replace(b'"elm":60', b'"elm":66') for entry in true.read()]
    with Ledger.create(path, ORIGIN, find_signers(ledger)[0]) as fork:
        fork.append([str(n) for n in range(len(entries))], entries)
    shutil.copy(f"{ledger}.key", f"{path}.key")
    return path


def test_two_histories_for_two_readers_are_caught_by_one_witness(run, start, ledger, tmp_path):
    witness = start("bar")
    policy = write_policy(tmp_path, ledger, "all", witness)
    assert run("--ledger", ledger, "publish", tmp_path / "a", "--policy", policy).status == 0
    fork = forked(ledger, tmp_path)
    ran = run("--ledger", fork, "publish", tmp_path / "b", "--policy", policy)
    assert ran.status == 1
    assert "did not sign: answered 422" in ran.out
    assert witness.stop() == 0
    policy.write_text(policy.read_text().replace(witness.url, start("bar").url))
    assert "answered 422" in run("--ledger", fork, "cosign", "--policy", policy).out

    # Published all the same: the second reader's key verifies it, the policy does not.
    assert run("--ledger", fork, "publish", tmp_path / "b").status == 0
    log = tmp_path / "b" / "log"
    assert run("verify", "--dir", log, "--key", verifier_of(ledger)).status == 0
    ran = run("verify", "--dir", log, "--policy", policy)
    assert ran.status == 1
    assert "cosigned by nobody" in ran.err
    assert run("verify", "--dir", tmp_path / "a" / "log", "--policy", policy).status == 0


def test_a_ledger_that_was_cut_back_gets_no_cosignature(run, start, ledger, tmp_path):
    witness = start("bar")
    policy = write_policy(tmp_path, ledger, "all", witness)
    before = tmp_path / "before.db"
    shutil.copy(ledger, before)
    shutil.copy(f"{ledger}.key", f"{before}.key")
    add_correction(ledger, tmp_path)
    assert run("--ledger", ledger, "cosign", "--policy", policy).status == 0
    ran = run("--ledger", before, "cosign", "--policy", policy)
    assert ran.status == 1
    assert "the ledger was cut back, or somebody else signs with its key" in ran.out


def test_hostile_bodies_are_answered_and_the_witness_lives_on(start, ledger):
    witness = start("bar")
    with Ledger.open(ledger, read_only=True) as opened:
        good = b"old 0\n\n" + opened.checkpoint()
    expected = {
        b"": 400,
        b"\x00" * 100: 400,
        b"old 1\n\n" + good[7:]: 409,
        b"old 99\n\n" + good[7:]: 400,
        b"x" * 3_000_000: 413,
        good: 200,
    }
    with httpx.Client(base_url=witness.url, trust_env=False) as client:
        for body, status in expected.items():
            answer = client.post("/add-checkpoint", content=body)
            assert answer.status_code == status, body[:50]
            assert len(answer.content) < 500
            if status == 409:
                assert answer.headers["content-type"] == "text/x.tlog.size"
        assert client.get("/add-checkpoint").status_code in (404, 405)
        assert client.get("/..%2f..%2fetc/checkpoint").status_code == 404
    with socket.create_connection(witness.url.removeprefix("http://").split(":")) as rude:
        rude.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nold")
        assert httpx.post(f"{witness.url}/add-checkpoint", content=b"", trust_env=False).is_error
    assert witness.stop() == 0


def test_wrong_use_is_told_in_one_line(run, ledger, tmp_path):
    key = tmp_path / "w.key"
    run("key", "new", "bar.example", "--witness", "--out", key)
    log = verifier_of(ledger)
    policy = tmp_path / "policy"
    policy.write_text(f"log {log}\nquorum none")
    empty = tmp_path / "empty"
    empty.write_text("quorum none")
    taken = socket.create_server(("127.0.0.1", 0))
    state = ("--state", tmp_path / "s.db")
    wrong = {
        "a witness's Ed25519 key": ("witness", "--key", f"{ledger}.key", *state, "--log", log),
        "--log: found 'x'": ("witness", "--key", key, *state, "--log", "x"),
        "cannot listen": ("witness", "--key", key, *state, "--log", log, "--port",
                          taken.getsockname()[1]),
        "another database": ("witness", "--key", key, "--state", ledger, "--log", log),
        "no witness with a URL": ("--ledger", ledger, "cosign", "--policy", policy),
        "expected one of them": ("verify", "--policy", policy, "--key", log),
        "found no log in this policy": ("--ledger", ledger, "verify", "--policy", empty),
        "nothing-here": ("--ledger", ledger, "verify", "--policy", "nothing-here"),
        "line 1": ("--ledger", ledger, "verify", "--policy", key),
    }  # fmt: skip
    for message, words in wrong.items():
        ran = run(*words)
        assert (ran.status, len(ran.err.splitlines())) == (2, 1), (words, ran)
        assert message in ran.err
    taken.close()
    with sqlite3.connect(ledger) as unharmed:
        assert not unharmed.execute("SELECT * FROM sqlite_schema WHERE name = 'seen'").fetchall()
    unharmed.close()
