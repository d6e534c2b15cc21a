"""The log asks witnesses that are good, down, slow or hostile; none keeps it from the others."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from recanvass.errors import BadInput
from recanvass.ledger import Ledger, Signer, Witness, WitnessSigner
from recanvass.ledger.ask_witnesses import ask_witnesses
from recanvass.ledger.checkpoint import read_checkpoint
from recanvass.ledger.cosignature import cosignatures
from recanvass.ledger.note import format_signature, parse_note
from recanvass.ledger.policy import PolicyWitness
from recanvass.ledger.witness import WitnessService

ORIGIN = "ledger.example/city"
LOG = Signer(ORIGIN, bytes(32))
KEYS = [WitnessSigner(f"w{n}.example", bytes([n]) * 32) for n in range(1, 5)]

Behaviour = Callable[[bytes], tuple[int, bytes]]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """A server on loopback that answers POSTs as told; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = behaviour(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is what some of these tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/prefix"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Honest:
    """A witness that counts what it is asked."""

    def __init__(self, path: Path, signer: WitnessSigner) -> None:
        self.service = WitnessService(path, signer, [LOG.verifier])
        self.asked = 0

    def __call__(self, body: bytes) -> tuple[int, bytes]:
        self.asked += 1
        answer = self.service.add_checkpoint(body)
        return answer.status, answer.body


def known(nth: int, url: str | None) -> PolicyWitness:
    return PolicyWitness(f"w{nth}", Witness.parse(str(KEYS[nth].verifier)), url)


def cosigners(ledger: Ledger) -> list[str]:
    keys = [Witness.parse(str(signer.verifier)) for signer in KEYS]
    return [one.witness.name for one in cosignatures(ledger.checkpoint(), keys)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.create(tmp_path / "record.db", ORIGIN, LOG) as made:
        made.append(["a", "b", "c"], [b"1", b"2", b"3"])
        yield made


def test_what_witnesses_sign_is_joined_to_the_checkpoint(ledger, tmp_path):
    honest = [Honest(tmp_path / f"w{n}.db", KEYS[n]) for n in range(2)]
    sizes: dict[str, int] = {}
    with serving(honest[0]) as first, serving(honest[1]) as second:
        witnesses = [known(0, first), known(1, f"{second}/"), known(2, None)]
        for size in (3, 3, 8):
            if size > ledger.size:
                ledger.append([*"defgh"], [b"4", b"5", b"6", b"7", b"8"])
            asked = ask_witnesses(ledger, witnesses, sizes)
            assert [(one.name, one.problem) for one in asked] == [("w0", None), ("w1", None)]
            assert cosigners(ledger) == ["w1.example", "w2.example"]
            assert len(parse_note(ledger.checkpoint()).signatures) == 3
            assert sizes == {"w0": size, "w1": size}
        assert honest[0].asked == 3, "it was asked for its size though that was remembered"
    assert ledger.verify(str(LOG.verifier)).ok


def test_a_size_that_is_not_remembered_is_learnt(ledger, tmp_path):
    honest = Honest(tmp_path / "w.db", KEYS[0])
    with serving(honest) as url:
        for _ in range(2):
            (asked,) = ask_witnesses(ledger, [known(0, url)])
            assert asked.problem is None
    assert honest.asked == 3


def test_a_witness_that_is_down_or_slow_does_not_keep_the_others(ledger, tmp_path):
    def sleeps(body: bytes) -> tuple[int, bytes]:
        time.sleep(3)
        return 500, b""

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        down = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with serving(sleeps) as slow, serving(Honest(tmp_path / "w.db", KEYS[2])) as good:
            start = time.monotonic()
            witnesses = [known(0, down), known(1, slow), known(2, good)]
            asked = ask_witnesses(ledger, witnesses, seconds=1)
            assert time.monotonic() - start < 2.5
    problems = {one.name: one.problem for one in asked}
    assert problems["w2"] is None
    assert "ConnectError" in (problems["w0"] or "")
    assert problems["w1"] == "no answer within 1 s"
    assert cosigners(ledger) == ["w3.example"]


def line_of(signer: WitnessSigner, body: bytes) -> bytes:
    _, _, note = body.partition(b"\n\n")
    return format_signature(signer.cosign(read_checkpoint(note).text(), 5)).encode()


def on_another_text(body: bytes) -> tuple[int, bytes]:
    return 200, format_signature(KEYS[0].cosign("other\n", 5)).encode()


HOSTILE: dict[str, tuple[Behaviour, str]] = {
    "signs another text": (on_another_text, "does not verify"),
    "signs with another key": (lambda b: (200, line_of(KEYS[1], b)), "no signature of w1.example"),
    "says nothing": (lambda _: (200, b""), "note: "),
    "says nonsense": (lambda _: (200, b"\xff\x00"), "note: "),
    "brings a note of its own": (
        lambda b: (200, b"\nx\n\n" + line_of(KEYS[0], b)),
        "no signature of w1.example",
    ),
    "says a lot": (lambda _: (200, b"x" * 3_000_000), "more than 100000 bytes"),
    "refuses at length": (lambda _: (500, b"\x1b[2Jno " * 10_000), "answered 500:  [2Jno"),
    "has seen more": (lambda _: (409, b"99\n"), "99 entries of this log, this checkpoint has 3"),
    "states no size": (lambda _: (409, b"+3\n"), "plain decimal"),
    "states a huge size": (lambda _: (409, b"9" * 50_000), "plain decimal"),
    "conflicts for ever": (lambda _: (409, b"1\n"), "answered 409: 1"),
    "refuses the proof": (lambda _: (422, b"no\n"), "answered 422: no"),
    "sends elsewhere": (lambda _: (307, b"http://127.0.0.1:1/"), "answered 307"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_an_answer_that_is_no_good_cosignature_is_told_and_not_kept(ledger, what):
    behaviour, says = HOSTILE[what]
    before = ledger.checkpoint()
    with serving(behaviour) as url:
        (asked,) = ask_witnesses(ledger, [known(0, url)])
    assert says in (asked.problem or "")
    assert (asked.problem or "").isprintable()
    assert len(asked.problem or "") < 300
    assert ledger.checkpoint() == before


def test_an_address_that_is_none_is_told(ledger):
    (asked,) = ask_witnesses(ledger, [known(0, "http://[::1/")])
    assert asked.problem


def test_a_cosignature_that_comes_again_takes_the_place_of_the_earlier_one(ledger):
    text = read_checkpoint(ledger.checkpoint()).text()
    for moment in (5, 9):
        ledger.add_signatures(3, [KEYS[0].cosign(text, moment)])
    (found,) = cosignatures(ledger.checkpoint(), [Witness.parse(str(KEYS[0].verifier))])
    assert found.time == 9
    with pytest.raises(BadInput, match="no batch ended at size 2"):
        ledger.add_signatures(2, [])


def test_a_rotation_and_a_cosignature_leave_each_other_whole(ledger, tmp_path):
    after = Signer(ORIGIN, bytes([8]) * 32)
    service = WitnessService(tmp_path / "w.db", KEYS[0], [LOG.verifier, after.verifier])

    def witness(body: bytes) -> tuple[int, bytes]:
        answer = service.add_checkpoint(body)
        return answer.status, answer.body

    with serving(witness) as url:
        for step in ("none", "add", "retire"):
            if step == "add":
                ledger.add_key(after, "add", b"add")
            if step == "retire":
                ledger.retire_key(str(LOG.verifier), "retire", b"retire")
            (asked,) = ask_witnesses(ledger, [known(0, url)])
            assert asked.problem is None
    assert ledger.verify(str(LOG.verifier)).ok
    assert cosigners(ledger) == ["w1.example"]
