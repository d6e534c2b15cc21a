"""Collect the interface's texts, bring the translations up to date, and compile them: `make words`.

    python tools/words.py            write recanvass.pot, every recanvass.po, every .mo
    python tools/words.py --check    write nothing; exit with 1 if any of them would change

A text is whatever the code hands to `say(...)`, `….say(...)` or `say_in(language)(...)`, in Python
and in the templates of pages. One that the code no longer has leaves the catalogues; a new one
comes in empty, to be translated by hand. `argparse.po` is kept by hand as a whole: it translates
what Python's own parser says. The files hold no dates, line numbers or versions, so they change
only when a text does.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "recanvass"
LOCALE = SOURCE / "locale"
DOMAIN = "recanvass"


class PlainCatalog(Catalog):
    """A catalogue whose header says what gettext needs to read it, and nothing that changes."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """Language, plural rule and encoding."""
        return [
            ("Language", str(self.locale_identifier or "")),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def texts_of(path: Path) -> Iterator[str]:
    """Yield what a source file says. Stop with a message where it is not written out as a text."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and _says(node.func)):
            continue
        match node.args:
            case [ast.Constant(value=str(text))]:
                yield text
            case _:
                sys.exit(f"{path}:{node.lineno}: found {ast.unparse(node)}; expected one text")


def texts_of_page(path: Path) -> Iterator[str]:
    """Yield what a template says. Stop with a message where it is not written out as a text."""
    page = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for line, _, text in extract_from_ast(page, ("say",)):
        if not isinstance(text, str):
            sys.exit(f"{path}:{line}: found a say() of something else; expected one text")
        yield text


def _says(function: ast.expr) -> bool:
    """Tell `say(…)`, `….say(…)` and `say_in(…)(…)`."""
    match function:
        case ast.Name(id="say") | ast.Attribute(attr="say") | ast.Call(func=ast.Name(id="say_in")):
            return True
    return False


def collect() -> PlainCatalog:
    """Return every text that the code says, with the files that say it."""
    catalog = PlainCatalog(fuzzy=False)
    pages = [(path, texts_of_page) for path in SOURCE.rglob("templates/*.html")]
    for path, texts in sorted([*pages, *((path, texts_of) for path in SOURCE.rglob("*.py"))]):
        for text in texts(path):
            catalog.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalog


def updated(path: Path, template: Catalog) -> PlainCatalog:
    """Return a translation with the texts of `template`, as far as it has them."""
    language = path.parent.parent.name
    old = read_po(io.BytesIO(path.read_bytes()), locale=language)
    new = PlainCatalog(locale=language, header_comment=old.header_comment, fuzzy=False)
    for message in template if path.stem == DOMAIN else old:
        known = old.get(message.id)
        if message.id:
            new.add(message.id, known.string if known else "", locations=message.locations)
    return new


def wanted() -> dict[Path, bytes]:
    """Return what each file should hold."""
    template = collect()
    files = {LOCALE / f"{DOMAIN}.pot": as_po(template, omit_header=True)}
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        catalog = updated(path, template)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        files |= {path: as_po(catalog), path.with_suffix(".mo"): compiled.getvalue()}
    return files


def as_po(catalog: Catalog, omit_header: bool = False) -> bytes:
    """Return a catalogue as text, in the order of the texts."""
    text = io.BytesIO()
    write_po(
        text, catalog, width=100, omit_header=omit_header, sort_output=True, include_lineno=False
    )
    return text.getvalue()


def main(arguments: list[str]) -> int:
    """Write the files, or only compare them; return the exit status."""
    check = "--check" in arguments
    status = 0
    for path, content in wanted().items():
        if path.is_file() and path.read_bytes() == content:
            continue
        status = int(check)
        if not check:
            path.write_bytes(content)
        print(f"{path.relative_to(ROOT)}: {'would change' if check else 'written'}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
