"""Charts: figures land where they belong, and what is drawn is escaped."""

from __future__ import annotations

import itertools
import math
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.site.charts.bars import Part, bar, draw_shares
from recanvass.site.charts.hexagons import Cloud, draw_hexagons
from recanvass.site.charts.machine import Stop, draw_way
from recanvass.site.charts.margin import Line, MarginChart, Point, draw_margin
from recanvass.site.charts.scale import Linear, nice_ticks, time_line
from recanvass.site.charts.seats import Bloc, draw_hemicycle
from recanvass.site.charts.svg import Drawing, framed, tag, wrapped
from recanvass.site.charts.tiles import MapTile, draw_tiles

START = datetime(2019, 3, 31, 20, tzinfo=UTC)
finite = st.floats(-1e9, 1e9, allow_nan=False)


def parsed(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(f"<svg>{drawing.body}</svg>")


def hours(*values: float) -> list[datetime]:
    return [START + timedelta(hours=h) for h in values]


def chart(*points: tuple[float, int]) -> MarginChart:
    line = Line("Agency", tuple(Point(START + timedelta(hours=h), m) for h, m in points), "disc")
    return MarginChart((line,), "A ahead", "B ahead", str, str, str)


# ---- scales --------------------------------------------------------------------------------------


@given(finite, finite)
def test_ticks_are_round_and_span_the_range(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert ticks[-1] >= high or math.isclose(ticks[-1], high, rel_tol=1e-9)
    assert 2 <= len(ticks) <= 13


def test_a_scale_of_one_value_stands_in_the_middle() -> None:
    assert Linear(5, 5, 0, 100)(5) == 50


@given(st.lists(st.floats(0, 2_000), min_size=2, max_size=30))
def test_time_runs_from_left_to_right_within_the_picture(offsets: list[float]) -> None:
    moments = sorted(hours(*offsets))
    line = time_line(moments, 40, 700)
    places = [line(m) for m in moments]
    assert all(39.9 <= x <= 700.1 for x in places)
    assert all(a <= b + 1e-6 for a, b in itertools.pairwise(places))


def test_a_night_before_weeks_of_recounts_has_near_half_of_the_width() -> None:
    line = time_line(hours(0, 2, 10, 14, 24 * 6, 24 * 12, 24 * 17), 0, 1000)
    assert line(START + timedelta(hours=30)) == pytest.approx(450)
    assert line.breaks == (450,)


def test_a_silence_longer_than_all_before_it_is_left_out() -> None:
    line = time_line(hours(0, 24, 48, 24 * 60), 0, 1000)
    assert line(START + timedelta(hours=48)) == pytest.approx(966)
    assert line(START + timedelta(days=60)) == pytest.approx(1000)


@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=20))
def test_ticks_of_time_stand_apart(offsets: list[float]) -> None:
    ticks = time_line(hours(*offsets), 40, 700).ticks(50)
    assert all(b.x - a.x >= 49.9 for a, b in itertools.pairwise(ticks))


# ---- drawings ------------------------------------------------------------------------------------


def test_a_margin_below_zero_is_drawn_below_the_axis() -> None:
    drawing = parsed(draw_margin(chart((0, -4_443), (13, 23_836)), 720, 340))
    axis = next(e for e in drawing if e.get("class") == "axis")
    marks = list(drawing.iter("circle"))
    low, high = (float(m.get("cy") or 0) for m in marks)
    assert low > float(axis.get("y1") or 0) > high


def test_words_at_a_gap_stand_where_the_leader_changed_after_a_silence() -> None:
    points = tuple(Point(START + timedelta(hours=h), m) for h, m in ((0, -4_443), (13, 23_836)))
    line = Line("Agency", points, "disc", gap="13 hours of silence")
    drawing = draw_margin(MarginChart((line,), "A", "B", str, str, str), 720, 340)
    assert "13 hours of silence" in drawing.body


def test_a_chart_of_one_point_is_drawn() -> None:
    assert "circle" in draw_margin(chart((0, 5)), 350, 200).body


def test_a_tile_says_its_figure_without_colour() -> None:
    tile = MapTile(2, 3, "ADA", "+26", "Adalar: CHP by 2,598 votes", "p1", 4, 1, "a.html")
    drawing = parsed(draw_tiles([tile], 400))
    assert [e.text for e in drawing.iter("text")] == ["ADA", "+26"]
    assert next(drawing.iter("title")).text == "Adalar: CHP by 2,598 votes"
    assert next(drawing.iter("path")).get("class") == "corner"


@given(st.lists(st.integers(1, 200), min_size=1, max_size=6))
def test_a_half_circle_has_a_dot_for_each_seat(seats: list[int]) -> None:
    blocs = [Bloc(f"P{n}", count, f"p{n}") for n, count in enumerate(seats)]
    drawing = draw_hemicycle(blocs, 560, "majority")
    dots = [*parsed(drawing).iter("circle")]
    assert len(dots) == sum(seats)
    assert all(0 <= float(d.get("cx") or -1) <= 560 for d in dots)


def test_the_seats_of_a_bloc_lie_left_of_those_of_the_next() -> None:
    groups = [
        *parsed(draw_hemicycle([Bloc("A", 30, "p0"), Bloc("B", 30, "p1")], 560, "")).iter("g")
    ]
    left, right = ([float(d.get("cx") or 0) for d in g.iter("circle")] for g in groups)
    assert max(left) < 280 < min(right)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=200))
def test_hexagons_hold_every_point_and_stay_in_the_picture(
    pairs: list[tuple[float, float]],
) -> None:
    x, y = zip(*pairs, strict=True)
    drawing, bounds = draw_hexagons(Cloud(x, y, "x", "y", str), 480, 420, "p1")
    assert bounds == sorted(bounds)
    for at_x, at_y in re.findall(r"M(-?[\d.]+),(-?[\d.]+)l", drawing.body):
        assert 0 <= float(at_x) <= 490
        assert -10 <= float(at_y) <= 400


def test_thirty_thousand_points_are_a_small_picture() -> None:
    values = [(n * 7919 % 31_186) / 31_186 for n in range(31_186)]
    drawing, _ = draw_hexagons(Cloud(values, values[::-1], "x", "y", str), 480, 420, "p1")
    assert len(drawing.body) < 80_000


def test_the_present_state_is_marked_and_what_may_follow_is_told_apart() -> None:
    drawing = parsed(
        draw_way([Stop("counting", "1 May"), Stop("declared", "2 May")], ["final"], 720)
    )
    kinds = [(g.get("class"), [t.text for t in g.iter("text")]) for g in drawing.iter("g")]
    assert kinds == [
        ("state been", ["counting", "1 May"]),
        ("state now", ["declared", "2 May"]),
        ("state next", ["final"]),
    ]


def test_the_parts_of_a_bar_fill_it() -> None:
    drawing = parsed(draw_shares([Part("A", 0.6, "A", "p0"), Part("B", 0.4, "B", "p1")], 500))
    rects = [*drawing.iter("rect")]
    assert float(rects[-1].get("x") or 0) + float(rects[-1].get("width") or 0) == pytest.approx(499)


@given(finite)
def test_a_bar_stays_within_its_track(share: float) -> None:
    fill = ElementTree.fromstring(bar(share, "p1"))[1]
    assert 0 <= float(fill.get("width") or 0) <= 100


# ---- text ----------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_what_is_drawn_is_escaped(text: str, value: str) -> None:
    clean = [
        "".join(c for c in t if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)
        for t in (text, value)
    ]
    element = ElementTree.fromstring(tag("text", clean[0], class_=clean[1]))
    assert (element.text or "") == clean[0]
    assert element.get("class") == clean[1]


def test_a_picture_has_a_title_a_description_and_its_source() -> None:
    (svg,) = framed(
        "m",
        [Drawing(300, 100, tag("g"))],
        title="Margin",
        text="A leads",
        caption="Annulled. Source: X",
    )
    root = ElementTree.fromstring(svg)
    texts = {e.tag.rpartition("}")[2]: e.text for e in root}
    assert (texts["title"], texts["desc"]) == ("Margin", "A leads")
    assert root.get("role") == "img"
    assert "Annulled. Source: X" in "".join(root.itertext())


@given(st.text("ab ", max_size=200), st.floats(20, 400))
def test_wrapped_lines_hold_every_word(text: str, width: float) -> None:
    assert " ".join(wrapped(text, width, 12)) == " ".join(text.split())
