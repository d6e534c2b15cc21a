"""`recanvass new` on files as boards of many countries publish them: made here, small."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from case_folders import shared_raw
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recanvass.errors import BadInput
from recanvass.exchange import Case, read_case
from recanvass.exchange.draft import Draft, draft_case
from recanvass.exchange.draft.dates import find_date
from recanvass.model import PollDefined


def drafted(folder: Path, name: str, content: str | bytes, date: str | None = None) -> Draft:
    """Return the draft of a file of this name and content."""
    data = content if isinstance(content, bytes) else content.encode("utf-8")
    (folder / name).write_bytes(data)
    return draft_case(folder / name, folder / "case", date=date)


def case_of(folder: Path, name: str, content: str | bytes) -> Case:
    """Return the case that the draft of a file loads as."""
    draft = drafted(folder, name, content)
    assert draft.loads, draft.unsure
    return read_case(folder / "case")


def sums(case: Case, number: int = 0) -> dict[str, int]:
    """Return the sums of the figures of one table of returns."""
    frame = case.returns[number].frame.select(pl.col(r"^(counts|votes)\..*$").sum())
    return frame.row(0, named=True)


def test_a_turkish_box_file_in_its_own_encoding(tmp_path: Path) -> None:
    content = (
        "İl Adı;İlçe Adı;Muhtarlık;Sandık No;Kayıtlı Seçmen Sayısı;Oy Kullanan Seçmen Sayısı;"
        "Geçerli Oy Toplamı;Geçersiz Oy Toplamı;AK PARTİ;CHP\n"
        "İSTANBUL;ADALAR;BURGAZADA MAH.;1001;317;227;210;17;49;161\n"
        "İSTANBUL;ADALAR;BURGAZADA MAH.;1002;317;246;244;2;73;171\n"
        "İSTANBUL;ŞİŞLİ;MECİDİYEKÖY MAH.;1001;1.317;1.246;1.244;2;73;1.171\n"
    )
    case = case_of(tmp_path, "sandik-2023-05-28.csv", content.encode("cp1254"))
    assert sums(case) == {
        "counts.registered": 1951, "counts.voted": 1719, "counts.valid": 1698,
        "counts.invalid": 21, "votes.ak-parti": 195, "votes.chp": 1503,
    }  # fmt: skip
    last = case.returns[0].frame["station"][-1]
    assert last == "case/istanbul/sisli/mecidiyekoy-mah/1001"


def test_a_precinct_file_of_several_offices_with_counts_among_them(tmp_path: Path) -> None:
    content = (
        "county,precinct,office,district,party,candidate,votes\n"
        "Adams,One,Registered Voters,,,,900\nAdams,Two,Registered Voters,,,,800\n"
        "Adams,One,Governor,,DEM,Jane Doe,300\nAdams,Two,Governor,,DEM,Jane Doe,200\n"
        "Adams,One,Governor,,REP,John Roe,250\nAdams,Two,Governor,,REP,John Roe,260\n"
        "Adams,One,Governor,,,Over Votes,2\nAdams,Two,Governor,,,Over Votes,3\n"
        "Adams,Total,Governor,,DEM,Jane Doe,500\n"
        "Adams,One,State House,5,DEM,Ann Poe,10\nAdams,One,State House,5,REP,Bob Moe,20\n"
    )
    case = case_of(tmp_path, "20181106__xx__general__precinct.csv", content)
    assert [table.contest for table in case.returns] == ["governor", "state-house-5"]
    assert sums(case) == {
        "votes.jane-doe": 500, "votes.john-roe": 510, "counts.valid": 1010,
        "counts.invalid": 5, "counts.registered": 1700,
    }  # fmt: skip
    assert sums(case, 1)["counts.registered"] == 900


def test_a_sheet_with_titles_totals_and_thousands(tmp_path: Path) -> None:
    content = (
        "PRESIDENTIAL RESULTS BY POLLING STATION,,,,,,,\nDeclared 15.8.2022,,,,,,,\n"
        "County,Constituency,CAW Name,Polling Station Code,Registered Voters,A ODINGA,W RUTO,"
        "Total Valid Votes,Rejected Ballots\n"
        'MOMBASA,CHANGAMWE,PORT REITZ,00101,"1,645","1,300",300,"1,600",5\n'
        "MOMBASA,CHANGAMWE,PORT REITZ,00102,645,300,200,500,3\n"
        'TOTAL,,,,"2,290","1,600",500,"2,100",8\n'
    )
    case = case_of(tmp_path, "results.csv", content)
    assert sums(case)["votes.a-odinga"] == 1600
    assert case.returns[0].poll == "2022-08-15"


def test_a_french_file_with_per_cents_and_a_number_for_each_station(tmp_path: Path) -> None:
    content = (
        ";Numéro;Bureau;Canton;Inscrits;Votants;Blancs;Nuls;Exprimés;Participation;"
        "M. DURAND - votes;M. DURAND - pourcentage;Mme PETIT - votes;Mme PETIT - pourcentage\n"
        "0;104;MAIRIE;4;805;384;17;1;366;47,70 %;303;82,79 %;63;17,21 %\n"
        "1;103;MAIRIE;4;759;345;14;0;331;45,45 %;274;82,78 %;57;17,22 %\n"
    )
    case = case_of(tmp_path, "bureaux_2022-06-12.csv", content)
    assert sums(case) == {
        "counts.registered": 1564, "counts.voted": 729, "counts.blank": 31, "counts.invalid": 1,
        "counts.valid": 697, "votes.m-durand": 577, "votes.mme-petit": 120,
    }  # fmt: skip
    assert case.units.filter(level="station")["name"].to_list() == ["MAIRIE", "MAIRIE"]


def test_a_german_file_with_joined_words_and_a_row_of_sums(tmp_path: Path) -> None:
    content = (
        "Stimmbezirk,StimmbezirkNr,Wahlberechtigte,Waehler,UngueltigeStimmen,GueltigeStimmen,X,Y\n"
        "Gesamt,NA,2350,775,3,772,400,372\n"
        "Stimmbezirk 1,1,1455,491,1,490,300,190\nStimmbezirk 2,2,895,284,2,282,100,182\n"
    )
    assert sums(case_of(tmp_path, "btw-2021-09-26.csv", content)) == {
        "counts.registered": 2350, "counts.voted": 775, "counts.invalid": 3, "counts.valid": 772,
        "votes.x": 400, "votes.y": 372,
    }  # fmt: skip


def test_a_spanish_sheet_with_a_header_of_two_lines(tmp_path: Path) -> None:
    content = (
        "Resultados;;;;;;;\nProvincia;Municipio;Mesa;Censo;PSOE;;PP;\n;;;;Votos;%;Votos;%\n"
        "Ávila;Ávila;A1;1.000;400;66,7;200;33,3\nÁvila;Arenas;B1;900;300;50,0;300;50,0\n"
    )
    case = case_of(tmp_path, "mesas 05.03.2023.csv", content)
    assert sums(case) == {
        "counts.registered": 1900, "counts.valid": 1200, "votes.psoe": 700, "votes.pp": 500,
    }  # fmt: skip


def test_a_wide_file_in_utf_16_with_a_majority_column(tmp_path: Path) -> None:
    content = (
        "Constituency,Region,Electorate,Valid Votes,Con,Lab,Majority,Turnout %\r\n"
        'Aberavon,Wales,"50,747","23,526",6518,17008,10490,62.3\r\n'
        'Ynys Môn,Wales,"51,925","20,000",12000,8000,4000,70.4\r\n'
    )
    case = case_of(tmp_path, "uk_2019-12-12.csv", content.encode("utf-16"))
    assert sums(case)["votes.con"] == 18518
    assert "votes.majority" not in case.returns[0].frame.columns


def test_a_column_of_dates_makes_a_poll_of_each(tmp_path: Path) -> None:
    content = (
        "date,district,registered,valid,a,b\n2019-03-31,X,90,30,10,20\n2019-03-31,Y,80,20,15,5\n"
        "2019-06-23,X,90,40,30,10\n2019-06-23,Y,80,50,25,25\n"
    )
    case = case_of(tmp_path, "both.csv", content)
    assert [table.poll for table in case.returns] == ["2019-03-31", "2019-06-23"]
    assert [sums(case, n)["votes.a"] for n in (0, 1)] == [25, 55]


def test_what_the_options_leave_of_the_valid_votes_is_kept(tmp_path: Path) -> None:
    content = "station,valid,a,b\n1,10,4,3\n2,20,9,9\n"
    draft = drafted(tmp_path, "2020-01-05.csv", content)
    assert sums(read_case(tmp_path / "case"))["votes.others-not-itemised"] == 5
    assert any("not itemised" in sentence for sentence in draft.unsure)


def test_a_day_that_is_not_known_is_that_of_the_file_and_says_so(tmp_path: Path) -> None:
    draft = drafted(tmp_path, "results.csv", "station,valid,a,b\n1,7,4,3\n")
    assert draft.loads
    assert "no day of voting was found" in draft.unsure[0]
    (poll,) = [d for d in read_case(draft.path).definitions if isinstance(d, PollDefined)]
    assert "was not in the file" in str(poll.note)
    assert drafted_with_day(tmp_path).loads


def drafted_with_day(folder: Path) -> Draft:
    (folder / "again").mkdir()
    return drafted(folder / "again", "results.csv", "station,valid,a,b\n1,7,4,3\n", "2024-11-05")


def test_the_draft_says_how_well_its_figures_add_up(tmp_path: Path) -> None:
    draft = drafted(tmp_path, "2020-01-05.csv", "station,valid,a,b\n1,7,4,3\n2,5,4,1\n")
    assert "the options add up to 'valid' in 2 of 2 rows" in draft.guesses


def test_a_case_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    content = "station,valid,a,b\n1,7,4,3\n"
    drafted(tmp_path, "2020-01-05.csv", content)
    with pytest.raises(BadInput, match="a case already"):
        drafted(tmp_path, "2020-01-05.csv", content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"", "empty"),
        (b"<html><table>", "HTML"),
        (b"name,text\nA,b\nC,d\n", "no columns of votes"),
        (b"a,b\n", "no rows"),
    ],
)
def test_what_is_no_table_of_returns_is_refused_in_one_line(
    tmp_path: Path, content: bytes, found: str
) -> None:
    with pytest.raises(BadInput, match=found) as refused:
        drafted(tmp_path, "2020-01-05.csv", content)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "case").exists()


def test_a_day_written_both_ways_is_not_guessed() -> None:
    assert find_date(["results 05/11/2024"]) is None
    assert find_date(["results 25/11/2024"]) == "2024-11-25"
    assert find_date(["5.11.2024"]) == "2024-11-05"
    assert find_date(["20190331_final"]) == "2019-03-31"


FIGURES = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 300)),
    min_size=3, max_size=12,
)  # fmt: skip


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FIGURES, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_a_sane_file_gives_its_own_totals_however_it_is_written(
    tmp_path_factory: pytest.TempPathFactory,
    figures: list[tuple[int, int, int]],
    separator: str,
    encoding: str,
) -> None:
    rows = [["Gemeinde", "Wahlbezirk", "Wähler", "gültige", "ungültige", "SPD", "Grüne"]]
    for number, (one, two, bad) in enumerate(figures, start=1):
        rows.append(["Köln", f"B{number}", *map(str, (one + two + bad, one + two, bad, one, two))])
    content = "\r\n".join(separator.join(row) for row in rows).encode(encoding)
    case = case_of(tmp_path_factory.mktemp("sane"), "kw-2020-09-13.csv", content)
    columns = list(zip(*figures, strict=True))
    assert sums(case) == {
        "counts.voted": sum(map(sum, columns)),
        "counts.valid": sum(columns[0]) + sum(columns[1]),
        "counts.invalid": sum(columns[2]),
        "votes.spd": sum(columns[0]),
        "votes.grune": sum(columns[1]),
    }


def test_the_real_district_file_is_drafted_as_a_long_one(tmp_path: Path) -> None:
    source = shared_raw() / "district-mayors-2019-03-31.csv"
    draft = draft_case(source, tmp_path / "case")
    assert draft.loads
    frame = read_case(tmp_path / "case").returns[0].frame
    raw = pl.read_csv(source.read_bytes().decode("cp1252").encode(), infer_schema_length=None)
    assert frame["votes.chp"].sum() == raw.filter(Parti="CHP")["Oy"].sum()
    assert frame.height == raw.select("Il", "Ilce").n_unique()
