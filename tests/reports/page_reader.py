"""A page as a test reads it."""

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "img", "br", "link", "hr"}


class PageReader(HTMLParser):
    """Sections, pictures and addresses of a page; complains about open tags."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[str] = []
        self.pictures: list[dict[str, str]] = []
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "section":
            self.sections.append(named["id"])
        if tag == "img":
            self.pictures.append(named)
        self.addresses += [named[key] for key in ("src", "href") if key in named]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(path: Path) -> tuple[str, PageReader]:
    text = path.read_text(encoding="utf-8")
    reader = PageReader()
    reader.feed(text)
    assert reader.open == []
    return text, reader


def count_printed_pages(page: Path, chromium: str, folder: Path) -> int:
    """Pages of paper that a browser prints of a report."""
    target = folder / "report.pdf"
    subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu",
            f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}",
            page.as_uri(),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    return len(re.findall(rb"/Type */Page\b", target.read_bytes()))
