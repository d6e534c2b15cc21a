"""Evidence: bound to an event by its hash, and withdrawn without breaking anything."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_up_elections import a_return, definitions, record_of, stations
from recanvass.errors import BadInput, NotInRecord, RecanvassError
from recanvass.exchange.media_type import media_type_of
from recanvass.ledger import publish_log
from recanvass.model import BlobAttached, BlobRedacted
from recanvass.record import Record, create_record, open_record
from recanvass.record.evidence import attach, content_of
from recanvass.record.publish_blobs import publish_blobs

PHOTO = b"\xff\xd8\xff a photo of the form of A 1 " * 1_000
HASH = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def record(place: Path) -> Iterator[Record]:
    with create_record(place) as made:
        made.append([*definitions(stations(2)), a_return("1"), a_return("2", "a/2")])
        yield made


def messages(record: Record) -> list[str]:
    return [fault.message for fault in record.verify().faults]


def damage(place: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute(statement, values)
    connection.close()


def test_evidence_is_attached_shown_and_given_back(record: Record) -> None:
    size = record.ledger.size
    found = record.attach("1", PHOTO, "The form")
    assert (found.to, found.sha256, found.media_type) == ("1", HASH, "image/jpeg")
    assert (found.title, found.entry, found.state) == ("The form", size, "kept")
    assert content_of(record, HASH) == PHOTO
    assert record.station("a/1").evidence == (found,)
    assert record.station("a/2").evidence == ()
    assert record.evidence(size) == []
    assert record.verify().evidence.kept == 1


def test_evidence_lies_in_a_database_as_in_a_file(
    schema_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECANVASS_SIGNING_KEY_FILE", str(tmp_path / "record.key"))
    with create_record(schema_url) as record:
        record.append([*definitions(stations(2)), a_return("1")])
        record.attach("1", PHOTO)
        assert content_of(record, HASH) == PHOTO
        assert record.verify().evidence.kept == 1
        record.redact(HASH, "names a voter")
        assert list(record.ledger.blobs()) == []
        assert record.verify().ok


def test_the_same_evidence_again_adds_no_entry_and_for_another_event_one(record: Record) -> None:
    record.attach("1", PHOTO)
    size = record.ledger.size
    record.attach("1", PHOTO)
    assert record.ledger.size == size
    record.attach("2", PHOTO)
    assert (record.ledger.size, len(record.evidence())) == (size + 1, 2)
    assert list(record.ledger.blobs()) == [bytes.fromhex(HASH)]


def test_evidence_for_a_corrected_event_is_found_under_its_first_id(record: Record) -> None:
    corrected = definitions((), id="poll/2", replaces="poll")[-1]
    record.append([corrected])
    assert record.attach("poll/2", PHOTO).to == "poll"


def test_withdrawn_evidence_leaves_no_trace_of_its_content(record: Record, place: Path) -> None:
    record.attach("1", PHOTO)
    record.attach("2", PHOTO)
    assert record.redact(HASH, "names a voter")
    files = [place, *place.parent.glob(f"{place.name}-*")]
    assert not any(PHOTO[:20] in file.read_bytes() for file in files)
    assert [each.state for each in record.evidence()] == ["withdrawn", "withdrawn"]
    found = record.verify()
    assert found.ok
    (shown,) = found.evidence.withdrawn
    assert (shown.sha256, shown.because) == (HASH, "names a voter")
    with pytest.raises(NotInRecord, match="was withdrawn, because: names a voter"):
        content_of(record, HASH)


def test_withdrawing_again_changes_nothing_and_keeps_the_first_reason(record: Record) -> None:
    record.attach("1", PHOTO)
    record.redact(HASH, "names a voter")
    size = record.ledger.size
    assert not record.redact(HASH, "another reason")
    assert (record.ledger.size, record.evidence()[0].because) == (size, "names a voter")


def test_withdrawn_evidence_cannot_be_attached_again(record: Record) -> None:
    record.attach("1", PHOTO)
    record.redact(HASH, "names a voter")
    for event in ("1", "2"):
        with pytest.raises(BadInput, match="withdrawn for good, because: names a voter"):
            record.attach(event, PHOTO)
    assert list(record.ledger.blobs()) == []


def test_while_somebody_reads_withdrawing_says_that_content_is_left(
    record: Record, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record.attach("1", PHOTO)
    record.ledger._store._connection.execute("PRAGMA busy_timeout = 50")  # type: ignore[attr-defined]
    reader = sqlite3.connect(place, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM blobs").fetchone()
    with pytest.raises(RecanvassError, match="until other processes end their reading"):
        record.redact(HASH, "names a voter")
    reader.close()
    assert not record.redact(HASH, "names a voter")
    wal = place.with_name(f"{place.name}-wal")
    assert PHOTO[:20] not in wal.read_bytes()


def test_what_is_missing_altered_or_left_behind_is_named(record: Record, place: Path) -> None:
    record.attach("1", PHOTO)
    record.attach("2", b"%PDF-1.4 a decision")
    damage(place, "UPDATE blobs SET content = ? WHERE sha256 = ?", b"x", bytes.fromhex(HASH))
    assert messages(record) == [f"evidence {HASH}: is altered: its hash is another one now"]
    with pytest.raises(NotInRecord, match="missing or altered"):
        content_of(record, HASH)
    damage(place, "DELETE FROM blobs WHERE sha256 = ?", bytes.fromhex(HASH))
    assert messages(record) == [f"evidence {HASH}: is missing, and no entry withdraws it"]
    record.redact(HASH, "lost")
    damage(place, "INSERT INTO blobs VALUES (?, ?)", bytes.fromhex(HASH), PHOTO)
    assert messages(record) == [f"evidence {HASH}: is still there, though it was withdrawn"]
    stray = hashlib.sha256(b"stray").digest()
    damage(place, "UPDATE blobs SET sha256 = ? WHERE sha256 = ?", stray, bytes.fromhex(HASH))
    assert messages(record) == [f"evidence {stray.hex()}: is kept, but no entry attaches it"]


@pytest.mark.parametrize("harm", ["DELETE FROM blobs", "UPDATE blobs SET content = x'00'"])
def test_attaching_again_brings_back_what_was_lost_or_altered(record, place, harm) -> None:
    record.attach("1", PHOTO)
    damage(place, harm)
    record.attach("1", PHOTO)
    assert record.verify().ok
    assert content_of(record, HASH) == PHOTO


@pytest.mark.parametrize(
    ("content", "title", "says"),
    [
        (b"", None, "an empty file"),
        (b"\x7fELF\x02\x01", None, "expected one of application/pdf"),
        (PHOTO, "two\nlines", "title"),
        (PHOTO, " ", "title"),
        (PHOTO, "x" * 201, "title"),
    ],
)
def test_what_is_no_evidence_is_refused(record: Record, content, title, says) -> None:
    size = record.ledger.size
    with pytest.raises(BadInput, match=says):
        record.attach("1", content, title)
    assert (record.ledger.size, list(record.ledger.blobs())) == (size, [])


def test_evidence_above_the_limit_is_refused(record: Record) -> None:
    with pytest.raises(BadInput, match="more than 5 bytes"):
        attach(record, "1", PHOTO, limit=5)


def test_evidence_needs_an_event_and_withdrawing_needs_evidence_and_a_reason(record) -> None:
    with pytest.raises(NotInRecord, match="expected the id of an event"):
        record.attach("nothing", PHOTO)
    with pytest.raises(NotInRecord, match="SHA-256"):
        record.redact(HASH, "x")
    record.attach("1", PHOTO)
    with pytest.raises(BadInput, match="because"):
        record.redact(HASH, "  ")
    assert record.evidence()[0].state == "kept"


def test_an_entry_about_evidence_never_comes_without_its_content(record: Record) -> None:
    for event in (
        BlobAttached(id="x", to="1", sha256=HASH, media_type="image/png"),
        BlobRedacted(id="x", sha256=HASH, because="x"),
    ):
        with pytest.raises(BadInput, match="recanvass attach"):
            record.append([event])


def test_published_evidence_is_a_file_until_it_is_withdrawn(record: Record, tmp_path) -> None:
    out = tmp_path / "out" / "blob"
    record.attach("1", PHOTO)
    publish_log(record.ledger, tmp_path / "out" / "log")
    with open_record(tmp_path / "out" / "log") as log:
        assert (log.verify().ok, log.verify().evidence.absent) == (True, 1)
    assert publish_blobs(record, out).written == 1
    assert publish_blobs(record, out).written == 0
    assert (out / HASH).read_bytes() == PHOTO
    (out / "index.html").touch()
    with open_record(tmp_path / "out" / "log") as log:
        assert (log.verify().evidence.kept, log.evidence()) == (1, record.evidence())
    record.redact(HASH, "names a voter")
    done = publish_blobs(record, out)
    assert (done.written, done.removed, done.missing) == (0, 1, ())
    assert [file.name for file in out.iterdir()] == ["index.html"]


def test_evidence_altered_where_it_is_published_is_named(record: Record, tmp_path) -> None:
    record.attach("1", PHOTO)
    publish_log(record.ledger, tmp_path / "log")
    publish_blobs(record, tmp_path / "blob")
    (tmp_path / "blob" / HASH).write_bytes(b"another photo")
    with open_record(tmp_path / "log") as log:
        assert messages(log) == [f"evidence {HASH}: is altered: its hash is another one now"]


def test_lost_evidence_is_told_when_it_is_published(record: Record, place, tmp_path) -> None:
    record.attach("1", PHOTO)
    damage(place, "DELETE FROM blobs")
    assert publish_blobs(record, tmp_path / "blob").missing == (HASH,)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png"),
        (b"MM\0*\0", "image/tiff"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x18ftypheic\0", "image/heic"),
        ("tutanak çünkü\r\n".encode(), "text/plain"),
        (b"\0\0\0\x18ftypisom\0", None),
        (b"PK\x03\x04", None),
        ("tutanak".encode("utf-16"), None),
        (b"\x1b[2J", None),
    ],
)
def test_the_content_says_what_kind_of_file_it_is(content: bytes, media_type: str | None) -> None:
    assert media_type_of(content) == media_type


STEPS = st.lists(
    st.tuples(st.sampled_from(["attach", "redact"]), st.sampled_from([b"one", b"two", b"three"])),
    max_size=8,
)


@given(STEPS)
def test_after_any_steps_what_is_kept_is_what_was_attached_and_never_withdrawn(steps) -> None:
    with record_of([*definitions(stations(1)), a_return("1")]) as record:
        attached: set[str] = set()
        withdrawn: set[str] = set()
        for step, content in steps:
            digest = hashlib.sha256(content).hexdigest()
            try:
                if step == "attach":
                    record.attach("1", content)
                    attached.add(digest)
                else:
                    record.redact(digest, "because")
                    withdrawn.add(digest)
            except BadInput:
                assert digest in withdrawn if step == "attach" else digest not in attached
        assert {blob.hex() for blob in record.ledger.blobs()} == attached - withdrawn
        found = record.verify()
        assert found.ok
        assert {each.sha256 for each in found.evidence.withdrawn} == withdrawn
