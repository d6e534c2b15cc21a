"""The page to print: what is scanned from it is the proof, byte for byte."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import segno
import zxingcpp
from PIL import Image

from made_up_case import write_case
from recanvass.cli.load import load_into
from recanvass.errors import BadInput
from recanvass.ledger import Verifier, parse_proof, prove_entry
from recanvass.record import Record, open_record
from recanvass.site.proof_codes import proof_codes
from recanvass.site.proof_page import ProofPage, proof_page

STATION = "land/east/1"


@pytest.fixture
def town(tmp_path: Path) -> Record:
    load_into(str(tmp_path / "town.db"), write_case(tmp_path / "case", name="Mayor of <b>Land</b>"))
    return open_record(tmp_path / "town.db", read_only=True)


def page_of(town: Record, language: str = "en") -> str:
    history = town.station(STATION)
    (one,) = history.returns
    poll = town.contest(one.contest).poll(one.poll)
    proof = prove_entry(town.ledger, one.entry)
    content = ProofPage(poll, history, one, proof, "east-1.tlog-proof", town.ledger.verifier)
    return proof_page(content, language)


def scanned(code: segno.QRCode) -> bytes:
    """What a scanner reads from the code as it is printed."""
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=4, border=4)
    (found,) = zxingcpp.read_barcodes(Image.open(picture))
    return bytes(found.bytes)


def test_what_is_scanned_is_the_proof_byte_for_byte_and_verifies(town):
    (one,) = town.station(STATION).returns
    proof = prove_entry(town.ledger, one.entry)
    (code,) = proof_codes(proof.format())
    read = scanned(code)
    assert read == proof.format()
    verified = parse_proof(read).verify(Verifier.parse(town.ledger.verifier))
    assert verified.size == town.ledger.size


@pytest.mark.parametrize("length", [2953, 2954, 7000])
def test_a_proof_too_long_for_one_code_is_read_from_several_in_their_order(length):
    proof = bytes(n * 7 % 251 for n in range(length))
    codes = proof_codes(proof)
    assert (len(codes) == 1) == (length <= 2953)
    assert b"".join(map(scanned, codes)) == proof


def test_a_proof_too_long_for_sixteen_codes_is_refused():
    with pytest.raises(BadInput, match="found 100000 bytes, too many for 16 codes"):
        proof_codes(bytes(100_000))


def test_the_page_shows_the_return_the_key_and_the_code(town):
    page = page_of(town)
    for shown in ("Elm", "Oak", "60", "30", "120", "East", STATION, town.ledger.verifier):
        assert shown in page
    assert page.count("<svg") == 1


def test_the_page_needs_nothing_but_itself(town):
    page = page_of(town)
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|(src|href)=", page)


def test_a_name_in_the_record_is_text_on_the_page_and_never_markup(town):
    page = page_of(town)
    assert "<b>Land</b>" not in page
    assert "&lt;b&gt;Land&lt;/b&gt;" in page


def test_the_page_is_turkish_for_who_reads_turkish(town):
    page = page_of(town, "tr")
    assert '<html lang="tr">' in page
    assert "kayıtlı" in page
