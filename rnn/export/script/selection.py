"""Which definitions of the core one run needs, and of those which methods; everything else is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rnn.export.script.definitions import Definition, Module, Symbol, in_order, resolve
from rnn.export.script.folding import Facts, fold


@dataclass(eq=False)
class Part:
    """A definition as this run needs it. methods: of a class, method name → its lines; `text` is then what stands before
    the first of them."""

    definition: Definition
    text: str
    methods: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    @property
    def module(self) -> str:
        return self.definition.module

    def lines(self) -> str:
        return self.text + "".join(text for name, text in self.methods.items() if name in self.kept)


class Selection:
    """modules: the core. facts: what is settled. tables: (module, name) of a dict → the keys of it that are needed. changes:
    (module, name) → what is to be replaced in its text by what. left_out: (module, name) of a class → methods to do without."""

    def __init__(
        self,
        modules: Mapping[str, Module],
        facts: Facts,
        tables: Mapping[Symbol, Iterable[str]],
        changes: Mapping[Symbol, Iterable[tuple[str, str]]],
        left_out: Mapping[Symbol, Iterable[str]] | None = None,
    ) -> None:
        self.modules = dict(modules)
        self.facts, self.tables, self.changes = facts, tables, changes
        self.left_out = left_out or {}
        self.parts: dict[Symbol, Part] = {}
        self._attributes: set[str] = set()

    def need(self, roots: Iterable[Symbol], attributes: Iterable[str]) -> list[Part]:
        """What has to be there for these names and whatever has these attributes, in an order in which it can stand."""
        self._attributes |= set(attributes)
        waiting = list(roots)
        while waiting:
            while waiting:
                waiting += self._take(waiting.pop())
            waiting += self._newly_used_methods()
        order = {name: place for place, name in enumerate(in_order(self.modules))}
        unique = dict.fromkeys(self.parts.values())
        places = {one: n for module in self.modules.values() for n, one in enumerate(module.definitions)}
        return sorted(unique, key=lambda part: (order[part.module], places[part.definition]))

    def _take(self, symbol: Symbol) -> list[Symbol]:
        if symbol in self.parts:
            return []
        module = self.modules[symbol.module]
        definition = next(one for one in module.definitions if symbol.name in one.names)
        part = self._part(definition, symbol)
        for name in definition.names:
            self.parts[Symbol(symbol.module, name)] = part
        part.kept = {name for name in part.methods if name.startswith("__") and name.endswith("__")}
        return self._used(symbol.module, part.lines())

    def _part(self, definition: Definition, symbol: Symbol) -> Part:
        text = definition.text
        for old, new in self.changes.get(symbol, ()):
            if old not in text:
                raise AssertionError(f"{symbol.module}.{symbol.name} no longer holds {old!r}.")
            text = text.replace(old, new)
        if symbol in self.tables:
            text = _cut_table(text, set(self.tables[symbol]))
        text = fold(text, self.facts)
        if text.lstrip().startswith(("class ", "@", "#")) and isinstance(ast.parse(text).body[0], ast.ClassDef):
            head, methods = _methods(text)
            for name in self.left_out.get(symbol, ()):
                del methods[name]
            return Part(definition, head, methods)
        return Part(definition, text)

    def _newly_used_methods(self) -> list[Symbol]:
        found: list[Symbol] = []
        for symbol, part in list(self.parts.items()):
            for name in set(part.methods) - part.kept:
                if name in self._attributes:
                    part.kept.add(name)
                    found += self._used(symbol.module, _in_class(part.methods[name]))
        return found

    def _used(self, module: str, text: str) -> list[Symbol]:
        """The core's names in a text; its attributes are noted."""
        found = []
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Attribute):
                self._attributes.add(node.attr)
                if isinstance(node.value, ast.Name) and node.value.id in self.modules[module].modules:
                    found.append(resolve(self.modules, self.modules[module].modules[node.value.id], node.attr))
            elif isinstance(node, ast.Name):
                found.append(resolve(self.modules, module, node.id))
        return [symbol for symbol in found if symbol is not None]


def _in_class(method: str) -> str:
    return f"class _:\n{method}"


def _methods(text: str) -> tuple[str, dict[str, str]]:
    """A class's text up to its first method, and each method with the comments above it."""
    lines = text.splitlines(keepends=True)
    (node,) = ast.parse(text).body
    assert isinstance(node, ast.ClassDef)
    found: dict[str, str] = {}
    first_method = len(lines)
    for one in node.body:
        if not isinstance(one, ast.FunctionDef):
            continue
        first = min([one.lineno, *(decorator.lineno for decorator in one.decorator_list)]) - 1
        while lines[first - 1].strip().startswith("#"):
            first -= 1
        first_method = min(first_method, first)
        found[one.name] = found.get(one.name, "") + "\n" + "".join(lines[first : one.end_lineno])
    head = "".join(lines[:first_method]).rstrip() + "\n"
    return head, found


def _cut_table(text: str, keys: set[str]) -> str:
    """`NAME: … = {"key": value, …}` with these keys alone."""
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
    kept = [
        f"    {ast.get_source_segment(text, key)}: {ast.get_source_segment(text, value)},\n"
        for key, value in zip(node.value.keys, node.value.values, strict=True)
        if isinstance(key, ast.Constant) and key.value in keys
    ]
    before = text[: text.index("{")]
    after = "".join(text.splitlines(keepends=True)[node.end_lineno or 0 :])
    return before + "{\n" + "".join(kept) + "}\n" + after
