"""The interface in Turkish: the catalogues against the code, and what a reader gets to see."""

from __future__ import annotations

import gettext
import io
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

import recanvass
from recanvass.cli.main import main
from recanvass.words import (
    LANGUAGES,
    date_text,
    number,
    parser_speaks,
    percent,
    points,
    preferred_language,
    say_in,
)

ROOT = Path(__file__).parents[1]
LOCALE = Path(recanvass.__file__).parent / "locale"
TURKISH = LOCALE / "tr" / "LC_MESSAGES"
CARRIED_CASE = LOCALE.parent / "cases" / "istanbul-2019"
COMMANDS = (
    *("demo", "new", "load", "results", "checks", "station"),
    *("compare", "sources", "timeline", "publish", "prove", "verify", "simulate", "replay"),
)


def catalogue(domain: str) -> Catalog:
    return read_po(io.BytesIO((TURKISH / f"{domain}.po").read_bytes()), locale="tr")


# ---- the catalogues ------------------------------------------------------------------------------


def test_the_catalogues_hold_what_the_code_says_and_the_mo_files_what_they_hold() -> None:
    tool = [sys.executable, str(ROOT / "tools" / "words.py"), "--check"]
    run = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize("domain", ["recanvass", "argparse"])
def test_every_text_is_translated(domain: str) -> None:
    messages = [m for m in catalogue(domain) if m.id]
    assert messages
    assert [m.id for m in messages if m.fuzzy or not m.string] == []


def test_translations_have_the_placeholders_of_the_text() -> None:
    def fields(text: str) -> Counter[str | None]:
        return Counter(field for _, field, _, _ in Formatter().parse(text))

    differ = [
        m.id
        for m in catalogue("recanvass")
        if m.id and {*fields(m.id)} - {None} != {*fields(m.string)} - {None}
    ]
    assert differ == []


def test_translations_for_argparse_have_the_placeholders_of_the_text() -> None:
    def fields(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[rs]|%[rs]", text))

    differ = [
        m.id
        for m in catalogue("argparse")
        if m.id and fields(m.id if isinstance(m.id, str) else m.id[0]) != fields("".join(m.string))
    ]
    assert differ == []


@pytest.mark.parametrize("domain", ["recanvass", "argparse"])
def test_the_compiled_catalogue_gives_every_translation(domain: str) -> None:
    compiled = gettext.translation(domain, LOCALE, ["tr"])
    plain = [m for m in catalogue(domain) if isinstance(m.id, str) and m.id]
    assert {m.id: compiled.gettext(m.id) for m in plain} == {m.id: m.string for m in plain}


def test_a_text_without_translation_stays_as_it_is() -> None:
    assert say_in("tr")("no such text") == "no such text"
    assert say_in("en")("turnout") == "turnout"


# ---- numbers, shares and dates -------------------------------------------------------------------


@given(st.integers(-(10**12), 10**12), st.sampled_from(LANGUAGES), st.booleans())
def test_a_number_reads_back_as_itself(value: int, language: str, signed: bool) -> None:
    text = number(value, language, signed)
    assert int(re.sub("[.,]", "", text).replace("−", "-")) == value
    assert text.startswith("+") == (signed and value >= 0)
    assert "," not in text if language == "tr" else "." not in text


def test_turkish_writes_the_per_cent_sign_first_and_a_comma() -> None:
    assert percent(0.4877, "tr") == "%48,77"
    assert percent(0.4877, "en") == "48.77 %"


def test_a_change_of_share_is_in_points_and_has_a_sign() -> None:
    assert [points(x, "tr") for x in (0.0545, -0.0361, None)] == ["+5,45", "−3,61", "–"]
    assert [points(x, "en") for x in (0.0545, -0.0361, None)] == ["+5.45", "−3.61", "–"]


@pytest.mark.parametrize(
    ("precision", "language", "expected"),
    [
        (None, "tr", "23 Haz 2019 19:25"),
        ("hour", "tr", "23 Haz 2019 ~19:25"),
        ("day", "tr", "23 Haz 2019"),
        ("month", "tr", "Haziran 2019"),
        (None, "en", "23 Jun 2019, 19:25"),
        ("hour", "en", "23 Jun 2019, ~19:25"),
        ("day", "en", "23 Jun 2019"),
        ("month", "en", "June 2019"),
    ],
)
def test_a_date_is_no_finer_than_it_is_known(
    precision: str | None, language: str, expected: str
) -> None:
    assert date_text("2019-06-23T19:25:00+03:00", precision, language) == expected


# ---- which language ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "tr_TR.UTF-8"}, "tr"),
        ({"RECANVASS_LANG": "tr", "LANG": "en_US.UTF-8"}, "tr"),
        ({"LC_ALL": "C", "LANG": "tr_TR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "tr_TR.UTF-8"}, "tr"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_first_variable_that_is_set_decides_the_language(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RECANVASS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert preferred_language() == expected


def test_the_parsers_language_is_put_back_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    before = gettext.textdomain()
    with parser_speaks("tr"):
        assert gettext.gettext("options") == "seçenekler"
    assert (gettext.textdomain(), os.environ["LANGUAGE"]) == (before, "de")


# ---- what the reader sees ------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_in_turkish_with_argparses_own_words(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", "tr", *filter(None, [command]), "--help"])
    shown = capsys.readouterr().out
    assert stopped.value.code == 0
    assert shown.startswith("kullanım: recanvass")
    prose = re.sub(r"--[a-z-]+", "", shown)  # the names of options are no words of a language
    assert re.search(r"\b(usage|options|arguments|show|exit|the|and)\b", prose) is None


def test_help_is_in_english_where_the_system_speaks_turkish_but_english_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "tr")
    with pytest.raises(SystemExit):
        main(["--lang=en", "--help"])
    assert capsys.readouterr().out.startswith("usage: recanvass")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["results"], "eksik argüman: seçim"),
        (["results", "x", "--size", "many"], "--size: geçersiz değer: 'many'; beklenen tür: int"),
        (["results", "x", "--bogus"], "bilinmeyen argüman: --bogus"),
        (["results", "x", "--size"], "--size: bir değer gerekli"),
        (["results", "x", "--format", "xml"], "--format: geçersiz değer: 'xml' (şunlardan biri"),
        (["nothing"], "KOMUT: geçersiz değer: 'nothing'"),
        ([], "eksik argüman: KOMUT"),
    ],
)
def test_wrong_use_is_told_in_turkish(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--lang", "tr", *words])
    assert stopped.value.code == 2
    assert expected in capsys.readouterr().err


def turkish(ledger: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["--lang", "tr", "--ledger", str(ledger), *words]) == 0
    return capsys.readouterr().out


def test_results_are_shown_in_turkish(
    district_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = turkish(district_ledger, capsys, "results", "istanbul-mayor", "--by", "district")
    assert "Ekrem İmamoğlu 806.014 oy farkla önde" in shown
    assert "kayıtlı seçmen 10.570.354 · oy kullanan 8.925.166 · geçerli oy 8.746.566" in shown
    assert "katılım %84,44" in shown
    assert re.search(r"ilçe +açılan sandık +kayıtlı seçmen +oy kullanan +katılım", shown)
    assert "birinci oldukları birim sayısı: CHP 28, AKP 11" in shown


def test_a_comparison_is_shown_in_turkish(
    district_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dates = ("2019-03-31", "2019-06-23")
    shown = turkish(district_ledger, capsys, "compare", "istanbul-mayor", *dates, "--by=district")
    assert "39 birimden 12 tanesinde birinci değişti (ilçe): Bahçelievler," in shown
    assert "AKP: oyu 2 yerde arttı, 37 yerde azaldı (Sultanbeyli +43, Sultangazi +635)" in shown


def test_the_timeline_is_in_turkish_with_its_remarks(
    district_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = " ".join(turkish(district_ledger, capsys, "timeline", "istanbul-mayor").split())
    assert "Yüksek Seçim Kurulu (YSK), 4 oya karşı 7 oyla: Yalnızca büyükşehir" in shown
    assert "Ekrem İmamoğlu, İstanbul Büyükşehir Belediye Başkanı olarak göreve başladı" in shown
    assert re.search(r"\b(the|of|and|reports|not)\b", shown) is None


def test_an_objection_is_that_of_the_party_and_not_of_its_count(
    district_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = turkish(district_ledger, capsys, "timeline", "--kind", "objection.filed")
    assert "Cumhuriyet Halk Partisi, Yüksek Seçim Kurulu (YSK) nezdinde olağanüstü" in shown
    assert "kendi sayımı" not in shown


def test_a_station_is_shown_in_turkish(
    district_ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = " ".join(turkish(district_ledger, capsys, "station", "istanbul/silivri/prison").split())
    assert "· cezaevi" in shown
    assert "geçersiz oyların yeniden sayımı iptal" in shown


# ---- the carried case ----------------------------------------------------------------------------


def figures(text: str) -> Counter[str]:
    """The numbers of a text, whatever separates their digits in its language."""
    return Counter(re.sub("[.,:]", "", n) for n in re.findall(r"\d(?:[\d.,:]*\d)?", text))


def test_every_remark_of_the_carried_case_says_the_same_figures_in_both_languages() -> None:
    events = tomllib.loads((CARRIED_CASE / "events.toml").read_text(encoding="utf-8"))["event"]
    remarks = {e["id"]: e["remark"] for e in events if "remark" in e}
    assert remarks
    assert [i for i, r in remarks.items() if {*r} != {"en", "tr"}] == []
    assert [i for i, r in remarks.items() if figures(r["en"]) != figures(r["tr"])] == []
