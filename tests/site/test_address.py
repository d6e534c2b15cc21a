"""Addresses: every key comes back from its path, and no path leaves its folder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import NotInRecord
from recanvass.site.address import KINDS, Address, parse_path, relative

keys = st.text(
    st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]), min_size=1, max_size=40
)


@st.composite
def pages(draw: st.DrawFn) -> Address:
    kind = draw(st.sampled_from(sorted(KINDS)))
    return Address(kind, tuple(draw(keys) for _ in range(KINDS[kind][0])))


def test_a_path_can_be_read_by_people() -> None:
    address = Address("unit", ("istanbul-mayor", "2019-03-31", "istanbul/adalar"))
    assert address.path("en") == "en/unit/istanbul-mayor/2019-03-31/istanbul/adalar.html"


@given(pages(), st.sampled_from([".html", ".json", ".margins.svg"]))
def test_every_key_comes_back_from_its_path(address: Address, suffix: str) -> None:
    assert parse_path(address.path("tr", suffix)) == ("tr", address, suffix)


@given(pages())
def test_no_path_leaves_its_folder_or_means_something_in_an_address(address: Address) -> None:
    path = address.path("en")
    assert not {"", ".", ".."} & {*path.split("/")}
    assert not {*"\\?#%&<>\"'*:| "} & {*path}


@given(st.text(max_size=60))
def test_any_other_path_is_refused(path: str) -> None:
    try:
        language, address, suffix = parse_path(path)
    except NotInRecord:
        return
    assert address.path(language, suffix) == path


@pytest.mark.parametrize(
    "path",
    ["", "en", "en/poll", "en/poll/a.html", "en/poll/a/b/c.html", "en/nothing/a.html",
     "en/office/~2e~2e.html", "en/office/~C3.html", "en/office/a~41.html", "en/index"],
)  # fmt: skip
def test_a_path_that_no_page_has_is_refused(path: str) -> None:
    with pytest.raises(NotInRecord):
        parse_path(path)


def test_a_link_goes_up_as_far_as_the_page_lies_deep() -> None:
    assert relative("en/record.html", "en/poll/a/b.html") == "../../../en/record.html"
