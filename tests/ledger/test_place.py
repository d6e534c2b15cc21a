from __future__ import annotations

from pathlib import Path

import pytest

from recanvass.errors import BadInput
from recanvass.ledger.place import Database, ledger_place


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("record.db", "record.db"),
        ("sqlite:///record.db", "record.db"),
        ("sqlite:////srv/record.db", "/srv/record.db"),
        ("a folder/of: things.db", "a folder/of: things.db"),
    ],
)
def test_a_file_is_named_by_its_path_or_its_url(url, path):
    assert ledger_place(url) == Path(path) == ledger_place(Path(path))


@pytest.mark.parametrize(
    ("url", "shown", "schema", "name"),
    [
        ("postgresql://h/city", "postgresql://h/city?schema=recanvass", "recanvass", "city"),
        ("postgres://h/city?schema=s1", "postgresql://h/city?schema=s1", "s1", "s1"),
        (
            "postgresql://ann:secret@h:5433/city?sslpassword=secret&schema=s1",
            "postgresql://ann@h:5433/city?schema=s1",
            "s1",
            "s1",
        ),
        (
            "postgresql:///city?host=/run/pg&password=secret",
            "postgresql:///city?host=/run/pg&schema=recanvass",
            "recanvass",
            "city",
        ),
        ("postgresql://h", "postgresql://h?schema=recanvass", "recanvass", "recanvass"),
    ],
)
def test_a_database_is_shown_without_its_secrets(url, shown, schema, name):
    place = ledger_place(url)
    assert isinstance(place, Database)
    assert (str(place), place.schema, place.name) == (shown, schema, name)
    assert "secret" not in f"{place} {place!r}"
    assert "schema=" not in place.url


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ann:secret@h/city",
        "://secret",
        "postgresql://ann:secret@h:port/city",
        "postgresql://ann:secret@[h/city",
        "postgresql://ann:secret@h/city?secret",
        "postgresql://h/city?schema=",
        "postgresql://h/city?schema=pg_toast",
        "postgresql://h/city?schema=City",
        "postgresql://h/city?schema=x;drop",
        "postgresql://h/city?schema=" + 64 * "x",
    ],
)
def test_what_names_no_place_is_refused_and_no_secret_shown(url):
    with pytest.raises(BadInput, match="ledger: found") as refused:
        ledger_place(url)
    assert "secret" not in str(refused.value)
