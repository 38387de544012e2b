"""Definitions of many modules in one file: imports gone, and of two that have the same name one renamed."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence

from rnn.export.script.definitions import Module, Symbol, resolve
from rnn.export.script.selection import Part


def final_names(parts: Sequence[Part]) -> tuple[dict[Symbol, str], set[Part]]:
    """What each name is called in the one file, and the parts that need not stand in it a second time."""
    holders: dict[str, list[Part]] = defaultdict(list)
    names: dict[Symbol, str] = {}
    repeated: set[Part] = set()
    for part in parts:
        for name in part.definition.names:
            same = next((one for one in holders[name] if one.lines().strip() == part.lines().strip()), None)
            if same is not None:
                repeated.add(part)
                names[Symbol(part.module, name)] = names[Symbol(same.module, name)]
                continue
            names[Symbol(part.module, name)] = name if not holders[name] else _own(part.module, name)
            holders[name].append(part)
    return names, repeated


def _own(module: str, name: str) -> str:
    """_none of rnn.core.clipping → _clipping_none"""
    last = module.rsplit(".", 1)[1]
    bare = name.lstrip("_")
    return f"{name[: len(name) - len(bare)]}{last}_{bare}"


def renamed(part: Part, modules: Mapping[str, Module], names: Mapping[Symbol, str]) -> str:
    """The part's text with every name of the core as it is called in the one file."""
    text = part.lines()
    tree = ast.parse(text)
    lines = text.splitlines(keepends=True)
    edits: list[tuple[int, int, int, str]] = []
    own = {name: names[Symbol(part.module, name)] for name in part.definition.names}
    for node, hidden in _walk(tree, frozenset()):
        if isinstance(node, ast.Name) and node.id not in hidden:
            symbol = resolve(dict(modules), part.module, node.id)
            new = names.get(symbol, node.id) if symbol else node.id
            if new != node.id:
                edits.append((node.lineno, node.col_offset, node.col_offset + len(node.id), new))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in hidden:
            whole = modules[part.module].modules.get(node.value.id)
            symbol = resolve(dict(modules), whole, node.attr) if whole else None
            if symbol is not None and symbol in names and node.lineno == node.end_lineno:
                assert node.end_col_offset is not None
                edits.append((node.lineno, node.col_offset, node.end_col_offset, names[symbol]))
    for line, first, end, new in sorted(set(edits), reverse=True):
        raw = lines[line - 1].encode()
        lines[line - 1] = (raw[:first] + new.encode() + raw[end:]).decode()
    text = "".join(lines)
    for name, new in own.items():
        if name != new:
            text = text.replace(f"def {name}(", f"def {new}(", 1).replace(f"class {name}", f"class {new}", 1)
    return text


def _walk(node: ast.AST, hidden: frozenset[str]):  # type: ignore[no-untyped-def]
    """Every node with the names that are a function's own there and so not the file's."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        arguments = node.args
        own = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        own |= {one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None}
        if isinstance(node, ast.FunctionDef):
            own |= {
                one.id for part in node.body for one in ast.walk(part)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            }  # fmt: skip
        for outside in (arguments.defaults, [one for one in arguments.kw_defaults if one is not None]):
            for one in outside:
                yield from _walk(one, hidden)
        annotated = [one.annotation for one in ast.walk(arguments) if isinstance(one, ast.arg) and one.annotation]
        further = [*annotated, *getattr(node, "decorator_list", []), *filter(None, [getattr(node, "returns", None)])]
        for one in further:
            yield from _walk(one, hidden)
        inner = hidden | own
        for one in node.body if isinstance(node, ast.FunctionDef) else [node.body]:
            yield from _walk(one, inner)
        return
    yield node, hidden
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, hidden)
