"""Collect the interface's texts, bring the translations up to date, and compile them: `make words`.

    python tools/words.py            write recanvass.pot, every recanvass.po, every .mo
    python tools/words.py --check    write nothing; exit with 1 if any of them would change

A text is whatever the code hands to `say(...)`. The files hold no dates and no line numbers, so
they change only when a text does. A text that the code no longer has leaves the catalogue; a new
one comes in empty, to be translated by hand. `argparse.po` is kept by hand as a whole: it
translates what Python's own parser says.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "recanvass"
LOCALE = SOURCE / "locale"
DOMAIN = "recanvass"


def collect() -> Catalog:
    """Return every text that the code says, with the files that say it."""
    catalog = Catalog(project=DOMAIN, fuzzy=False)
    for file, _, text, comments, _ in extract_from_dir(
        SOURCE, [("**.py", "python")], keywords={"say": None}
    ):
        catalog.add(text, locations=[(f"src/recanvass/{file}", 0)], auto_comments=comments)
    return catalog


def wanted() -> dict[Path, bytes]:
    """Return what each generated file should hold."""
    template = collect()
    files = {LOCALE / f"{DOMAIN}.pot": _as_po(template, omit_header=True)}
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        language = path.parent.parent.name
        catalog = read_po(io.BytesIO(path.read_bytes()), locale=language)
        if path.stem == DOMAIN:
            catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
            catalog.obsolete.clear()
            files[path] = _as_po(catalog)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        files[path.with_suffix(".mo")] = compiled.getvalue()
    return files


def _as_po(catalog: Catalog, omit_header: bool = False) -> bytes:
    text = io.BytesIO()
    write_po(
        text, catalog, width=100, omit_header=omit_header, sort_output=True, include_lineno=False
    )
    return text.getvalue()


def main(arguments: list[str]) -> int:
    """Write the files, or only compare them; return the exit status."""
    changed = [
        (path, content)
        for path, content in wanted().items()
        if not path.is_file() or path.read_bytes() != content
    ]
    for path, content in changed:
        if "--check" not in arguments:
            path.write_bytes(content)
        print(f"{path.relative_to(ROOT)}: {'differs' if '--check' in arguments else 'written'}")
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
