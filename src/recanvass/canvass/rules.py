"""The catalogue of checks: every rule is declared once, here, and nowhere else.

A rule's formula is a line of text over named counts (`model.counts`), measures
(`canvass.measures`) and limits (`LIMITS`). `canvass.checks` evaluates it over whole columns, an
entry desk over one row, and `docs/rules.md` prints it: all three read the same line.

The letter of a code says what the rule is about, and what it must see:

    M missing figures · A adding up · R roll and voters · P papers · U unusual · K signatures:
    the return alone
    N neighbours · F the file around it · S the sibling contest · C copies · H its own history

A code never changes its meaning and is never used again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from string import Formatter
from typing import Any, Final, Literal

import msgspec

from recanvass.errors import BadInput
from recanvass.model import PollDefined

__all__ = [
    "LIMITS",
    "RULES",
    "SCOPES",
    "SEVERITIES",
    "Limit",
    "Rule",
    "Scope",
    "Severity",
    "check_blocking",
    "chosen_rules",
    "limits_of",
    "marked",
    "message",
    "shown_names",
]

Severity = Literal["error", "warning", "notice"]
SEVERITIES: Final[dict[str, str]] = {
    "error": "the figures contradict each other or the law: one of them is wrong",
    "warning": "possible, but somebody should explain it",
    "notice": "worth a look when there is time; often innocent",
}

Scope = Literal["return", "neighbours", "file", "siblings", "copies", "previous"]
SCOPES: Final[dict[str, str]] = {
    "return": "the return alone; usable at an entry desk, and the only scope that may block",
    "neighbours": "the other stations of the same kind in the nearest unit that has enough of them",
    "file": "the stations before and after it in the order of the tree",
    "siblings": "another contest voted in the same envelope at the same station",
    "copies": "all other returns of the poll",
    "previous": "the return that this one superseded",
}


class Limit(msgspec.Struct, frozen=True):
    """A threshold: its default, and what it means. A poll's `limits` override it by name."""

    default: int
    meaning: str


LIMITS: Final[dict[str, Limit]] = {
    "off_roll_allowed": Limit(
        8,
        "people who may vote where they serve, when the form does not count them: a Turkish box "
        "board has a chair and six members (Law 298, article 21), and an officer is on guard; on "
        "23 June 2019 no box of Istanbul went further. 0 where nobody may",
    ),
    "mistyped_invalid_percent": Limit(
        10, "more of `voted` than this not valid, beside more voters than the roll"
    ),
    "blank_share_percent": Limit(3, "blank ballots, per cent of the ballots cast"),
    "invalid_share_percent": Limit(3, "invalid ballots, per cent of the ballots cast"),
    "difference_percent": Limit(2, "voters against ballots, per cent of the ballots"),
    "difference_votes": Limit(15, "voters against ballots, in ballots"),
    "small_return": Limit(30, "returns with fewer votes or voters are not judged by their shares"),
    "neighbours_needed": Limit(4, "other stations that a unit needs to serve as neighbourhood"),
    "zero_expected_min": Limit(8, "votes expected from the neighbours where there are none"),
    "share_points": Limit(30, "distance of an option's share from the neighbours', in points"),
    "turnout_points": Limit(15, "distance of the turnout from the neighbours', in points"),
    "swap_factor": Limit(
        5, "times more votes than expected for one option, and times fewer for the other"
    ),
    "swap_votes": Limit(15, "votes that both halves of an exchange have at least"),
    "shift_misfit_percent": Limit(
        50, "votes on unexpected rows (surplus + deficit), per cent of the votes"
    ),
    "shift_factor": Limit(4, "times better that the votes fit when moved by one row"),
    "shift_gap": Limit(3, "a sum that fails by less is a slip, not a column shifted by one row"),
    "sibling_votes": Limit(20, "voters by which two contests of one envelope differ, at least"),
    "identical_options": Limit(
        6, "options with votes from which on identical figures count as copies anywhere in a poll"
    ),
    "recount_votes": Limit(10, "votes that a new return moved, added up over all options"),
}


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One check. It fires where `formula` is true; where a figure is missing it does not."""

    code: str
    title: dict[str, str]
    formula: str
    """SQL over counts, measures and limits; integers only."""
    severity: Severity
    scope: Scope
    fields: tuple[str, ...]
    """What it marks on the form; `votes.{name}` stands for the option that the value names."""
    message: dict[str, str]
    """Per language; `{name}` is a value, `{name:%}` one in hundredths of a per cent."""
    source: str
    also: dict[str, str] = {}
    """Values of the message that are neither a count nor a measure, each with its formula."""
    equation: bool = False
    """True if it only adds up: then it says nothing about a field that the poll derived."""


_ABACUS = "Kiesraad Abacus"
_HCP = "Kiesraad HCP"

_MISSING = (
    Rule(
        code="M01",
        title={"en": "A count is missing", "tr": "Bir sayı eksik"},
        formula="missing_counts > 0 AND figures > 0",
        severity="error",
        scope="return",
        fields=("{missing_count_names}",),
        message={
            "en": "not filled in: {missing_count_names}",
            "tr": "doldurulmamış: {missing_count_names}",
        },
        source="what the form asks for (`asks` of the poll); votingworks/vxsuite #3031",
    ),
    Rule(
        code="M02",
        title={"en": "Votes of an option are missing", "tr": "Bir seçeneğin oyu eksik"},
        formula="missing_votes > 0 AND figures > 0",
        severity="error",
        scope="return",
        fields=("votes.{missing_vote_names}",),
        message={
            "en": "no figure for {missing_vote_names}",
            "tr": "oy sayısı yok: {missing_vote_names}",
        },
        source="a blank is missing, not zero; votingworks/vxsuite #5295",
    ),
    Rule(
        code="M03",
        title={"en": "Blank form", "tr": "Boş tutanak"},
        formula="figures = 0",
        severity="error",
        scope="return",
        fields=(),
        message={"en": "no figure is filled in", "tr": "hiçbir sayı doldurulmamış"},
        source="onaio/tally-ho #443",
    ),
    Rule(
        code="M04",
        title={"en": "Every figure is zero", "tr": "Bütün sayılar sıfır"},
        formula="figures > 0 AND figures_sum = 0",
        severity="error",
        scope="return",
        fields=(),
        message={
            "en": "all {figures} figures filled in are 0",
            "tr": "doldurulan {figures} sayının hepsi 0",
        },
        source=f"onaio/tally-ho #443; {_HCP}: zero votes",
    ),
)

_ADDING_UP = (
    Rule(
        code="A01",
        title={"en": "Votes do not add up to valid", "tr": "Oyların toplamı geçerli oyu tutmuyor"},
        formula="valid <> votes_total AND valid <> 0",
        severity="error",
        scope="return",
        fields=("valid", "votes"),
        message={
            "en": "the options' votes add up to {votes_total}, valid says {valid} (off by {gap})",
            "tr": "seçeneklerin oyları {votes_total} ediyor, geçerli oy {valid} (fark {gap})",
        },
        also={"gap": "ABS(votes_total - valid)"},
        source=f"{_ABACUS} F.202",
        equation=True,
    ),
    Rule(
        code="A02",
        title={"en": "Votes without a total", "tr": "Toplamsız oylar"},
        formula="valid = 0 AND votes_entered > 0",
        severity="error",
        scope="return",
        fields=("valid",),
        message={
            "en": "the options have {votes_entered} votes, but valid is 0",
            "tr": "seçeneklerin {votes_entered} oyu var, ama geçerli oy 0",
        },
        source=f"{_ABACUS} F.204",
        equation=True,
    ),
    Rule(
        code="A03",
        title={
            "en": "Valid and invalid do not add up to the ballots cast",
            "tr": "Geçerli ve geçersiz oylar kullanılan oyu tutmuyor",
        },
        formula="papers_judged <> ballots_cast",
        severity="error",
        scope="return",
        fields=("valid", "invalid", "blank", "voted", "ballots"),
        message={
            "en": "valid, invalid and blank add up to {papers_judged}, "
            "ballots cast are {ballots_cast} (off by {gap})",
            "tr": "geçerli, geçersiz ve boş oylar {papers_judged} ediyor, "
            "kullanılan oy {ballots_cast} (fark {gap})",
        },
        also={"gap": "ABS(papers_judged - ballots_cast)"},
        source=f"{_ABACUS} F.203; Law 298, article 105 (Turkey)",
        equation=True,
    ),
    Rule(
        code="A04",
        title={"en": "More valid than cast", "tr": "Geçerli oy, kullanılan oydan fazla"},
        formula="valid > ballots_cast",
        severity="error",
        scope="return",
        fields=("valid", "voted", "ballots"),
        message={
            "en": "valid {valid} > ballots cast {ballots_cast} by {excess}",
            "tr": "geçerli {valid} > kullanılan oy {ballots_cast}, {excess} fazla",
        },
        also={"excess": "valid - ballots_cast"},
        source="follows from the form: an invalid count below 0",
    ),
    Rule(
        code="A05",
        title={
            "en": "Incomplete votes already exceed valid",
            "tr": "Eksik oylar bile geçerli oyu aşıyor",
        },
        formula="votes_total IS NULL AND votes_entered > valid AND valid <> 0",
        severity="error",
        scope="return",
        fields=("valid", "votes"),
        message={
            "en": "the votes filled in add up to {votes_entered} > valid {valid}",
            "tr": "doldurulan oylar {votes_entered} ediyor > geçerli {valid}",
        },
        source="follows from A01; a remainder (others) below 0",
    ),
    Rule(
        code="A06",
        title={
            "en": "Ways of admission do not add up to the voters",
            "tr": "Kabul türleri oy kullananı tutmuyor",
        },
        formula="admitted <> voted",
        severity="error",
        scope="return",
        fields=("poll_cards", "proxies", "voter_cards", "voted"),
        message={
            "en": "poll cards, proxies and voter cards add up to {admitted}, voted says {voted}",
            "tr": "seçmen kâğıdı, vekâlet ve seçmen kartı {admitted} ediyor, oy kullanan {voted}",
        },
        source=f"{_ABACUS} F.201",
        equation=True,
    ),
    Rule(
        code="A07",
        title={"en": "A difference stated where there is none", "tr": "Olmayan fark yazılmış"},
        formula="NOT is_total AND ballots = voted AND (more_counted <> 0 OR fewer_counted <> 0)",
        severity="error",
        scope="return",
        fields=("more_counted", "fewer_counted"),
        message={
            "en": "voters and ballots are both {voted}, but more counted is {more_counted} and "
            "fewer counted {fewer_counted}",
            "tr": "oy kullanan ve çıkan oy {voted}, ama fazla {more_counted}, eksik "
            "{fewer_counted} yazılmış",
        },
        source=f"{_ABACUS} F.305",
    ),
    Rule(
        code="A08",
        title={"en": "More counted is not the difference", "tr": "Fazla sayısı farkı tutmuyor"},
        formula="NOT is_total AND ballots > voted AND more_counted <> ballots - voted",
        severity="error",
        scope="return",
        fields=("more_counted",),
        message={
            "en": "ballots {ballots} - voted {voted} = {gap}, more counted says {more_counted}",
            "tr": "çıkan oy {ballots} - oy kullanan {voted} = {gap}, fazla {more_counted} yazılmış",
        },
        also={"gap": "ballots - voted"},
        source=f"{_ABACUS} F.306",
        equation=True,
    ),
    Rule(
        code="A09",
        title={"en": "Fewer counted beside too many ballots", "tr": "Fazla oyda eksik yazılmış"},
        formula="NOT is_total AND ballots > voted AND fewer_counted <> 0",
        severity="error",
        scope="return",
        fields=("fewer_counted",),
        message={
            "en": "ballots {ballots} > voted {voted}, but fewer counted says {fewer_counted}",
            "tr": "çıkan oy {ballots} > oy kullanan {voted}, ama eksik {fewer_counted} yazılmış",
        },
        source=f"{_ABACUS} F.307",
    ),
    Rule(
        code="A10",
        title={"en": "Fewer counted is not the difference", "tr": "Eksik sayısı farkı tutmuyor"},
        formula="NOT is_total AND ballots < voted AND fewer_counted <> voted - ballots",
        severity="error",
        scope="return",
        fields=("fewer_counted",),
        message={
            "en": "voted {voted} - ballots {ballots} = {gap}, fewer counted says {fewer_counted}",
            "tr": "oy kullanan {voted} - çıkan oy {ballots} = {gap}, eksik {fewer_counted} "
            "yazılmış",
        },
        also={"gap": "voted - ballots"},
        source=f"{_ABACUS} F.308",
        equation=True,
    ),
    Rule(
        code="A11",
        title={"en": "More counted beside too few ballots", "tr": "Eksik oyda fazla yazılmış"},
        formula="NOT is_total AND ballots < voted AND more_counted <> 0",
        severity="error",
        scope="return",
        fields=("more_counted",),
        message={
            "en": "ballots {ballots} < voted {voted}, but more counted says {more_counted}",
            "tr": "çıkan oy {ballots} < oy kullanan {voted}, ama fazla {more_counted} yazılmış",
        },
        source=f"{_ABACUS} F.309",
    ),
    Rule(
        code="A12",
        title={
            "en": "A total's stated differences do not balance",
            "tr": "Toplamın yazılı farkları denk değil",
        },
        formula="is_total AND voted <> ballots - more_counted + fewer_counted",
        severity="error",
        scope="return",
        fields=("voted", "ballots", "more_counted", "fewer_counted"),
        message={
            "en": "ballots {ballots} - more {more_counted} + fewer {fewer_counted} is not "
            "voted {voted}",
            "tr": "çıkan oy {ballots} - fazla {more_counted} + eksik {fewer_counted}, "
            "oy kullanan {voted} etmiyor",
        },
        source=f"{_ABACUS} F.312 (a return that adds up several boxes)",
        equation=True,
    ),
)

_ROLL = (
    Rule(
        code="R01",
        title={"en": "Nobody on the roll", "tr": "Listede seçmen yok"},
        formula="registered = 0 AND figures_sum > 0",
        severity="warning",
        scope="return",
        fields=("registered",),
        message={
            "en": "registered is 0, but other figures are not",
            "tr": "kayıtlı seçmen 0, ama öbür sayılar değil",
        },
        source=f"{_ABACUS} W.205; a box at a border may have no roll of its own",
    ),
    Rule(
        code="R02",
        title={
            "en": "More voters than roll and officials",
            "tr": "Oy kullanan, liste ve görevlilerden fazla",
        },
        formula="registered > 0 AND voted > registered + off_roll_covered",
        severity="error",
        scope="return",
        fields=("voted", "registered"),
        message={
            "en": "voted {voted} > registered {registered} by {excess}; "
            "{off_roll_covered} may vote off the roll",
            "tr": "oy kullanan {voted} > kayıtlı {registered}, {excess} fazla; "
            "liste dışından {off_roll_covered} kişi oy verebilir",
        },
        also={"excess": "voted - registered"},
        source="the Turkish form: some vote by law without being on the list",
    ),
    Rule(
        code="R03",
        title={
            "en": "More voters than the roll, within the officials",
            "tr": "Oy kullanan listeden fazla, görevliler kadar",
        },
        formula="registered > 0 AND voted > registered AND voted <= registered + off_roll_covered",
        severity="warning",
        scope="return",
        fields=("voted", "registered"),
        message={
            "en": "voted {voted} > registered {registered} by {excess}; "
            "{off_roll_covered} may vote off the roll",
            "tr": "oy kullanan {voted} > kayıtlı {registered}, {excess} fazla; "
            "liste dışından {off_roll_covered} kişi oy verebilir",
        },
        also={"excess": "voted - registered"},
        source="the Turkish form: some vote by law without being on the list",
    ),
    Rule(
        code="R04",
        title={"en": "Voters probably mistyped", "tr": "Oy kullanan büyük olasılıkla yanlış"},
        formula="voted > registered AND 100 * (voted - valid) > mistyped_invalid_percent * voted",
        severity="warning",
        scope="return",
        fields=("voted",),
        message={
            "en": "voted {voted} > registered {registered}, and {not_valid} of them not valid "
            "({not_valid_share:%}): voted is probably mistyped",
            "tr": "oy kullanan {voted} > kayıtlı {registered}, {not_valid} oy geçerli değil "
            "({not_valid_share:%}): oy kullanan sayısı büyük olasılıkla yanlış yazılmış",
        },
        also={"not_valid": "voted - valid", "not_valid_share": "10000 * (voted - valid) // voted"},
        source="Istanbul, 31 March 2019: 17 boxes; June belies 11 of them, not the 6 in prisons",
    ),
    Rule(
        code="R05",
        title={"en": "More poll cards than the roll", "tr": "Seçmen kâğıdı listeden fazla"},
        formula="registered > 0 AND poll_cards > registered",
        severity="warning",
        scope="return",
        fields=("poll_cards", "registered"),
        message={
            "en": "poll cards {poll_cards} > registered {registered} by {excess}",
            "tr": "seçmen kâğıdı {poll_cards} > kayıtlı {registered}, {excess} fazla",
        },
        also={"excess": "poll_cards - registered"},
        source=f"{_ABACUS} W.206",
    ),
    Rule(
        code="R06",
        title={
            "en": "More off the roll than officials who serve",
            "tr": "Liste dışı oy kullanan, görevlilerden fazla",
        },
        formula="off_roll > off_roll_allowed",
        severity="warning",
        scope="return",
        fields=("off_roll",),
        message={
            "en": "{off_roll} voted off the roll; {off_roll_allowed} are expected at most",
            "tr": "liste dışından {off_roll} kişi oy kullanmış; en çok {off_roll_allowed} beklenir",
        },
        source="Law 298, article 21 (Turkey): who serves on a board",
    ),
    Rule(
        code="R07",
        title={"en": "More off the roll than voters", "tr": "Liste dışı, oy kullanandan fazla"},
        formula="off_roll > voted",
        severity="error",
        scope="return",
        fields=("off_roll", "voted"),
        message={
            "en": "{off_roll} voted off the roll, but only {voted} voted",
            "tr": "liste dışından {off_roll}, ama toplam {voted} kişi oy kullanmış",
        },
        source="the Turkish form: voters = on the list + not on the list",
    ),
)

_PAPERS = (
    Rule(
        code="P01",
        title={"en": "Ballot papers do not balance", "tr": "Oy pusulaları denk değil"},
        formula="received <> ballots_cast + unused + spoiled",
        severity="error",
        scope="return",
        fields=("received", "unused", "spoiled", "ballots", "voted"),
        message={
            "en": "received {received}, but used {ballots_cast} + unused {unused} + "
            "spoiled {spoiled} = {accounted}",
            "tr": "teslim alınan {received}, ama kullanılan {ballots_cast} + artan {unused} + "
            "bozulan {spoiled} = {accounted}",
        },
        also={"accounted": "ballots_cast + unused + spoiled"},
        source="ballot accounting; tally-ho reconciliation",
        equation=True,
    ),
    Rule(
        code="P02",
        title={"en": "More ballots than papers received", "tr": "Teslim alınandan fazla oy"},
        formula="ballots_cast > received",
        severity="error",
        scope="return",
        fields=("ballots", "voted", "received"),
        message={
            "en": "ballots cast {ballots_cast} > papers received {received}",
            "tr": "kullanılan oy {ballots_cast} > teslim alınan pusula {received}",
        },
        source="ballot accounting",
    ),
)

_UNUSUAL = (
    Rule(
        code="U01",
        title={"en": "Many blank ballots", "tr": "Boş oy çok"},
        formula="blank > 0 AND 100 * blank >= blank_share_percent * ballots_cast",
        severity="notice",
        scope="return",
        fields=("blank",),
        message={
            "en": "{blank} of {ballots_cast} ballots are blank",
            "tr": "{ballots_cast} oyun {blank} tanesi boş",
        },
        source=f"{_ABACUS} W.201; {_HCP}",
    ),
    Rule(
        code="U02",
        title={"en": "Many invalid ballots", "tr": "Geçersiz oy çok"},
        formula="invalid > 0 AND 100 * invalid >= invalid_share_percent * ballots_cast",
        severity="notice",
        scope="return",
        fields=("invalid",),
        message={
            "en": "{invalid} of {ballots_cast} ballots are invalid",
            "tr": "{ballots_cast} oyun {invalid} tanesi geçersiz",
        },
        source=f"{_ABACUS} W.202; {_HCP}",
    ),
    Rule(
        code="U03",
        title={"en": "Voters and ballots differ much", "tr": "Oy kullanan ile çıkan oy çok farklı"},
        formula="ballots <> voted AND (100 * ABS(ballots - voted) >= difference_percent * ballots "
        "OR ABS(ballots - voted) >= difference_votes)",
        severity="warning",
        scope="return",
        fields=("voted", "ballots"),
        message={
            "en": "voted {voted}, ballots {ballots}: a difference of {gap}",
            "tr": "oy kullanan {voted}, çıkan oy {ballots}: fark {gap}",
        },
        also={"gap": "ABS(ballots - voted)"},
        source=f"{_ABACUS} W.203; {_HCP}",
    ),
    Rule(
        code="U04",
        title={"en": "Nobody voted", "tr": "Oy kullanan yok"},
        formula="ballots_cast = 0 AND votes_entered = 0 AND figures_sum > 0",
        severity="warning",
        scope="return",
        fields=("voted", "ballots"),
        message={"en": "no ballots were cast", "tr": "hiç oy kullanılmamış"},
        source=f"{_ABACUS} W.204",
    ),
    Rule(
        code="U05",
        title={"en": "All votes to one option", "tr": "Bütün oylar tek seçeneğe"},
        formula="top_votes = votes_total AND votes_total >= small_return AND options_here > 1",
        severity="warning",
        scope="return",
        fields=("votes.{top_option}",),
        message={
            "en": "all {votes_total} votes are for {top_option}",
            "tr": "{votes_total} oyun hepsi {top_option} için",
        },
        source="observer practice; a form whose votes went onto one row",
    ),
    Rule(
        code="U06",
        title={
            "en": "Votes for an option that did not stand here",
            "tr": "Burada aday olmayan seçeneğe oy",
        },
        formula="stray_votes > 0",
        severity="error",
        scope="return",
        fields=("votes.{stray_option}",),
        message={
            "en": "{stray_votes} votes for {stray_option}, which did not stand here",
            "tr": "burada aday olmayan {stray_option} için {stray_votes} oy",
        },
        source="the slate of the poll; a row mistaken for the next one",
    ),
)

_NEIGHBOURS = (
    Rule(
        code="N01",
        title={
            "en": "No votes for an option that is strong nearby",
            "tr": "Çevrede güçlü olan seçeneğe sıfır oy",
        },
        formula="zero_expected >= zero_expected_min",
        severity="warning",
        scope="neighbours",
        fields=("votes.{zero_option}",),
        message={
            "en": "{zero_option} has 0 of {votes_total} votes; the {near_stations} stations "
            "nearby suggest {zero_expected}",
            "tr": "{zero_option} {votes_total} oydan 0 almış; çevredeki {near_stations} sandığa "
            "göre {zero_expected} beklenir",
        },
        source="Istanbul 2019: two of 2,245 'zero' boxes were real, the rest had no candidate",
    ),
    Rule(
        code="N02",
        title={"en": "Share far from the neighbours'", "tr": "Oy oranı çevreden uzak"},
        formula="share_distance >= 100 * share_points AND votes_total >= small_return",
        severity="notice",
        scope="neighbours",
        fields=("votes.{share_option}",),
        message={
            "en": "{share_option} has {share:%} here and {near_share:%} in the {near_stations} "
            "stations nearby",
            "tr": "{share_option} burada {share:%}, çevredeki {near_stations} sandıkta "
            "{near_share:%} almış",
        },
        source=f"{_HCP}: list deviation, without this station",
    ),
    Rule(
        code="N03",
        title={"en": "Turnout far from the neighbours'", "tr": "Katılım çevreden uzak"},
        formula="turnout_distance >= 100 * turnout_points AND registered >= small_return",
        severity="notice",
        scope="neighbours",
        fields=("voted", "registered"),
        message={
            "en": "turnout is {turnout:%} here and {near_turnout:%} in the {near_stations} "
            "stations nearby",
            "tr": "katılım burada {turnout:%}, çevredeki {near_stations} sandıkta {near_turnout:%}",
        },
        source="tally-ho (turnout check), measured against the neighbours",
    ),
    Rule(
        code="N04",
        title={"en": "Votes of two options exchanged", "tr": "İki seçeneğin oyları yer değişmiş"},
        formula="over_votes > 0 AND under_expected > 0",
        severity="warning",
        scope="neighbours",
        fields=("votes.{over_option}", "votes.{under_option}"),
        message={
            "en": "{over_option} has {over_votes} and {under_option} {under_votes}; the "
            "{near_stations} stations nearby suggest {over_expected} and {under_expected}: "
            "exchanged?",
            "tr": "{over_option} {over_votes}, {under_option} {under_votes} almış; çevredeki "
            "{near_stations} sandığa göre {over_expected} ve {under_expected} beklenir: "
            "yerleri mi değişmiş?",
        },
        source=f"{_HCP}: swapped candidates, without this station",
    ),
    Rule(
        code="N05",
        title={"en": "Votes written one row off", "tr": "Oylar bir satır kaymış"},
        formula="100 * misfit >= shift_misfit_percent * votes_total "
        "AND shift_factor * moved_misfit <= misfit",
        severity="warning",
        scope="neighbours",
        fields=("votes",),
        message={
            "en": "{misfit} votes are not where the {near_stations} stations nearby suggest, "
            "{moved_misfit} if all were written one row off ({moved})",
            "tr": "{misfit} oy, çevredeki {near_stations} sandığa göre yerinde değil; hepsi bir "
            "satır ({moved}) kaydırılmışsa {moved_misfit}",
        },
        source="Istanbul 2019: the objection of 2 April (boxes 1212, 2004, 2325); Bakirkoy 1436",
    ),
)

_FILE = (
    Rule(
        code="F01",
        title={
            "en": "A column shifted by one row in the file",
            "tr": "Dosyada bir satır kaymış sütun",
        },
        formula="shifted_column IS NOT NULL AND ABS(shifted_gap) >= shift_gap",
        severity="warning",
        scope="file",
        fields=("{shifted_column}",),
        message={
            "en": "{shifted_column} is off by {shifted_gap} and adds up with the figure "
            "of {shifted_station}",
            "tr": "{shifted_column} {shifted_gap} farkla tutmuyor, {shifted_station} sandığının "
            "sayısıyla tutuyor",
        },
        source="spreadsheet slip: cells of one column moved up or down",
    ),
)

_SIBLINGS = (
    Rule(
        code="S01",
        title={
            "en": "Voters differ from the same envelope's other contest",
            "tr": "Oy kullanan, aynı zarftaki öbür seçimden farklı",
        },
        formula="ABS(voted - sibling_voted) >= sibling_votes",
        severity="warning",
        scope="siblings",
        fields=("voted",),
        message={
            "en": "voted {voted} here and {sibling_voted} in {sibling_contest}: "
            "a difference of {gap}",
            "tr": "oy kullanan burada {voted}, {sibling_contest} için {sibling_voted}: fark {gap}",
        },
        also={"gap": "ABS(voted - sibling_voted)"},
        source="one envelope, one count of voters (Istanbul 2019: 9 of 2,245 boxes by over 20)",
    ),
    Rule(
        code="S02",
        title={
            "en": "Votes one row off the same envelope's other contest",
            "tr": "Oylar aynı zarftaki öbür seçimden bir satır kaymış",
        },
        formula="100 * sibling_misfit >= shift_misfit_percent * votes_total "
        "AND shift_factor * sibling_moved_misfit <= sibling_misfit",
        severity="warning",
        scope="siblings",
        fields=("votes",),
        message={
            "en": "{sibling_misfit} votes are not where {sibling_contest} has them, "
            "{sibling_moved_misfit} if all were written one row off ({sibling_moved})",
            "tr": "{sibling_misfit} oy {sibling_contest} ile yerinde değil; hepsi bir satır "
            "({sibling_moved}) kaydırılmışsa {sibling_moved_misfit}",
        },
        source="Istanbul 2019: Bakirkoy 1436, seen by its sibling contest",
    ),
)

_COPIES = (
    Rule(
        code="C01",
        title={"en": "Identical whole return", "tr": "Tutanağın tümü aynı"},
        formula="votes_total >= small_return AND (whole_twins_near > 0 "
        "OR (whole_twins > 0 AND options_with_votes >= identical_options))",
        severity="warning",
        scope="copies",
        fields=(),
        message={
            "en": "every figure is the same as at {whole_twin}",
            "tr": "bütün sayılar {whole_twin} sandığıyla aynı",
        },
        source="entered twice or copied; onaio/tally-ho #186",
    ),
    Rule(
        code="C02",
        title={"en": "Identical votes", "tr": "Aynı oy dağılımı"},
        formula="votes_total >= small_return AND (vector_twins_near > whole_twins_near "
        "OR (vector_twins > whole_twins AND options_with_votes >= identical_options))",
        severity="notice",
        scope="copies",
        fields=("votes",),
        message={
            "en": "the votes of all options are the same as at {vector_twin}",
            "tr": "bütün seçeneklerin oyları {vector_twin} sandığıyla aynı",
        },
        source="onaio/tally-ho #186",
    ),
)

_HISTORY = (
    Rule(
        code="H01",
        title={"en": "A new return moved many votes", "tr": "Yeni tutanak çok oy değiştirmiş"},
        formula="changed_votes >= recount_votes",
        severity="warning",
        scope="previous",
        fields=("votes",),
        message={
            "en": "{changed_votes} votes changed against the return before "
            "({previous_total} votes then, {votes_total} now)",
            "tr": "önceki tutanağa göre {changed_votes} oy değişmiş "
            "(önce {previous_total}, şimdi {votes_total} oy)",
        },
        source="recount practice: a change of this size is explained before it is accepted",
    ),
)

_KEYS = (
    Rule(
        code="K01",
        title={
            "en": "Not signed by the station's officers",
            "tr": "Sandık görevlilerince imzalanmamış",
        },
        formula="officers_signed < officers_needed",
        severity="error",
        scope="return",
        fields=(),
        message={
            "en": "good signatures by {officers_signed} of {officers_needed} officers",
            "tr": "{officers_needed} görevliden {officers_signed} kişinin geçerli imzası var",
        },
        source="`signatures` of the poll; docs/signed-returns.md",
    ),
)

RULES: Final[dict[str, Rule]] = {
    rule.code: rule
    for rule in (
        *_MISSING,
        *_ADDING_UP,
        *_ROLL,
        *_PAPERS,
        *_UNUSUAL,
        *_KEYS,
        *_NEIGHBOURS,
        *_FILE,
        *_SIBLINGS,
        *_COPIES,
        *_HISTORY,
    )
}
"""Every rule by its code, in the order of the catalogue."""


def chosen_rules(codes: Iterable[str] | None = None) -> list[Rule]:
    """Return the rules of these codes, all of them for None. Raise BadInput for an unknown one."""
    if codes is None:
        return list(RULES.values())
    return [_rule(code) for code in dict.fromkeys(codes)]


def check_blocking(codes: Iterable[str]) -> None:
    """Raise BadInput unless each code is a rule that can judge a return alone.

    Others may not block: whether a return counts would hang on which other returns are in.
    """
    for rule in chosen_rules(codes):
        if rule.scope != "return":
            alone = ", ".join(code for code, each in RULES.items() if each.scope == "return")
            raise BadInput(
                f"blocking: found {rule.code}, which looks at {rule.scope}; expected any of {alone}"
            )


def limits_of(poll: PollDefined) -> dict[str, int]:
    """Return every limit by name, as the poll sets it or else its default.

    Raise BadInput for a limit that no rule knows.
    """
    for name in poll.limits:
        if name not in LIMITS:
            raise BadInput(
                f"limits of poll {poll.contest} {poll.poll}: found {name!r}; "
                f"expected any of {', '.join(LIMITS)}"
            )
    return {name: limit.default for name, limit in LIMITS.items()} | poll.limits


def shown_names(rule: Rule) -> tuple[str, ...]:
    """Return the names of the values that the rule's message and marks show, in their order."""
    templates = (*rule.message.values(), *rule.fields)
    found = (name for text in templates for _, name, _, _ in Formatter().parse(text) if name)
    return tuple(dict.fromkeys(found))


def message(code: str, values: str | Mapping[str, Any], language: str) -> str:
    """Return what a violation says, in `language` if the rule speaks it and else in English.

    `values` is the `values` cell of `checks.check_returns`: JSON text, or the object in it.
    """
    template = _rule(code).message
    spoken = language if language in template else "en"
    return _Numbers(spoken).vformat(template[spoken], (), _named(values))


def marked(code: str, values: str | Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that a violation marks (`voted`, `votes.chp`; `votes` for all of them)."""
    named = _named(values)
    marks = (_marks(field, named) for field in _rule(code).fields)
    return tuple(mark for several in marks for mark in several)


def _marks(field: str, values: Mapping[str, Any]) -> list[str]:
    before, name, _, _ = next(iter(Formatter().parse(field)))
    if not name:
        return [before]
    return [before + one for one in str(values[name]).split(", ")]


def _named(values: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(values, str):
        named: Mapping[str, Any] = json.loads(values)
        return named
    return values


def _rule(code: str) -> Rule:
    if code not in RULES:
        raise BadInput(f"rule: found {code!r}; expected any of {', '.join(RULES)}")
    return RULES[code]


class _Numbers(Formatter):
    """Fills templates; `%` writes hundredths of a per cent as a share, in the language's way."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, spec: str) -> str:
        if value is None:
            return "?"
        if spec == "%":
            share = f"{value // 100}.{value % 100:02}"
            return f"%{share.replace('.', ',')}" if self.language == "tr" else f"{share}%"
        return str(super().format_field(value, spec))
