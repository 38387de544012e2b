"""A report as a strict reader sees it: its texts, its tables, its scripts, and every address that it would load from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

# What may load something, in any element.
LOADING = {"src", "srcset", "href", "data", "poster", "action", "background", "formaction", "ping"}
VOID = {"meta", "br", "hr", "img", "input", "link", "source", "wbr"}


@dataclass
class Opened(HTMLParser):
    """elements: every tag that occurs, in order. loads: addresses in attributes that load, other than places within the page.
    texts: what is read between tags; scripts and styles stand apart."""

    html: str
    elements: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self.feed(self.html)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        for name, value in attrs:
            if name in LOADING and not (value or "").startswith("#"):
                self.loads.append(f"{tag} {name}={value}")
            if name.startswith("on"):
                self.handlers.append(f"{tag} {name}")
            if name == "aria-label" and tag == "div" and ("role", "img") in attrs:
                self.charts.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        {"script": self.scripts, "style": self.styles}.get(inside, self.texts).append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))
