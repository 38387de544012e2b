"""Decisions that a run has made already are taken out of the code: `if config.log:` is either its body or nothing.

What is known is the run's settings (`config.…`, `self.config.…`) and what its series is like. The text stays as it was
written, comments included; only what cannot happen goes.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

UNKNOWN = object()
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
}
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class Facts:
    """settings: values of config fields and properties. others: attribute name → value, whatever it is an attribute of.
    absent: classes of which there is no instance."""

    def __init__(
        self, settings: Mapping[str, Any], others: Mapping[str, Any], absent: Collection[str] = frozenset()
    ) -> None:
        self.settings, self.others, self.absent = settings, others, absent

    def value(self, node: ast.expr) -> Any:
        """What an expression is in this run; UNKNOWN where that is not settled."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Tuple() | ast.List():
                parts = [self.value(part) for part in node.elts]
                return UNKNOWN if UNKNOWN in parts else tuple(parts)
            case ast.Attribute():
                return self._attribute(node)
            case ast.UnaryOp(op=ast.Not()):
                value = self.value(node.operand)
                return UNKNOWN if value is UNKNOWN else not value
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.Name(id=name)]):
                return False if name in self.absent else UNKNOWN
            case ast.BoolOp():
                return self._joined(node)
            case ast.Compare(ops=[op], comparators=[right]):
                left, other = self.value(node.left), self.value(right)
                return UNKNOWN if UNKNOWN in (left, other) else _COMPARE[type(op)](left, other)
        return UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Any:
        base = node.value
        owner = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
        if owner == "config":
            return self.settings.get(node.attr, UNKNOWN)
        return self.others.get(node.attr, UNKNOWN)

    def _joined(self, node: ast.BoolOp) -> Any:
        values = [self.value(part) for part in node.values]
        deciding = isinstance(node.op, ast.Or)
        if any(value is not UNKNOWN and bool(value) is deciding for value in values):
            return deciding
        return UNKNOWN if UNKNOWN in values else not deciding


def fold(text: str, facts: Facts) -> str:
    """The text of a definition with every settled decision taken."""
    while True:
        edit = next(_edits(text, facts), None)
        if edit is None:
            return text
        first, end, new = edit
        text = text[:first] + new + text[end:]


def _edits(text: str, facts: Facts) -> Iterator[tuple[int, int, str]]:
    """Places to change: from, to, by what. After the first the others no longer hold."""
    tree, at = ast.parse(text), _Offsets(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and (value := facts.value(node.test)) is not UNKNOWN:
            chosen = node.body if value else node.orelse
            yield at.start(node), at.end(node), _enclosed(ast.get_source_segment(text, chosen) or "", chosen)
        for block in _blocks(node):
            for place, statement in enumerate(block):
                if isinstance(statement, ast.If) and (value := facts.value(statement.test)) is not UNKNOWN:
                    yield _without(text, at, statement, bool(value), alone=len(block) == 1)
                if isinstance(statement, _ENDS) and place + 1 < len(block):
                    yield at.line_end(statement), at.line_end(block[-1]), ""


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block:
            yield block


def _enclosed(segment: str, node: ast.expr) -> str:
    simple = isinstance(node, ast.Name | ast.Constant | ast.Attribute | ast.Call | ast.Subscript | ast.Tuple)
    return segment if simple else f"({segment})"


def _without(text: str, at: _Offsets, node: ast.If, value: bool, *, alone: bool) -> tuple[int, int, str]:
    """An `if` whose test is settled."""
    first, end = at.line_start(node), at.line_end(node)
    indent = " " * node.col_offset
    is_elif = text.startswith("elif", at.start(node))
    if value:
        body = text[at.suite_start(node.body[0]) : at.line_end(node.body[-1])]
        if is_elif:
            return first, end, f"{indent}else:\n{body}"
        return first, end, _indented(body, indent)
    if not node.orelse:
        return first, end, f"{indent}pass\n" if alone and not is_elif else ""
    other = node.orelse[0]
    rest = text[at.suite_start(other) : at.line_end(node.orelse[-1])]
    if isinstance(other, ast.If) and text.startswith("elif", at.start(other)):
        return first, end, rest if is_elif else rest.replace("elif", "if", 1)
    return first, end, f"{indent}else:\n{rest}" if is_elif else _indented(rest, indent)


def _indented(body: str, indent: str) -> str:
    return textwrap.indent(textwrap.dedent(body), indent)


class _Offsets:
    """Places of syntax nodes in a text, whose columns ast counts in bytes."""

    def __init__(self, text: str) -> None:
        self.text, self.lines = text, text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self._place(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._place(node.end_lineno, node.end_col_offset)

    def line_start(self, node: ast.stmt) -> int:
        return self.starts[node.lineno - 1]

    def line_end(self, node: ast.stmt) -> int:
        assert node.end_lineno is not None
        return self.starts[node.end_lineno]

    def suite_start(self, node: ast.stmt) -> int:
        """The beginning of the line of a block's first statement, the comments above it included."""
        line = node.lineno - 1
        while self.lines[line - 1].strip().startswith("#"):
            line -= 1
        return self.starts[line]

    def _place(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())
