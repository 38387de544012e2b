"""The core taken apart: every definition of every module with its text, what it needs, and in which order they can stand.

A module here is the text of a file of `rnn.core`; nothing is executed. A definition is a function, a class or a constant at
the top of a file, with the comment above it and the string below.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

ROOT = "rnn.core"
FOLDER = Path(__file__).parents[2] / "core"


@dataclass(frozen=True)
class Symbol:
    """A name at the top of a module."""

    module: str
    name: str


@dataclass(frozen=True, eq=False)
class Definition:
    """names: usually one; `A, B = 1, 2` defines two. text: its lines, ending with a line break."""

    module: str
    names: tuple[str, ...]
    text: str


@dataclass(eq=False)
class Module:
    """imported: local name → what it stands for, of this package. modules: local name → a whole module of this package.
    outside: local name → the statement that imports it from elsewhere. needs: modules that must stand before this one."""

    name: str
    docstring: str
    definitions: list[Definition] = field(default_factory=list)
    imported: dict[str, Symbol] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)


def read_modules() -> dict[str, Module]:
    """All modules of the core by their dotted names."""
    files = {_dotted(path): path for path in sorted(FOLDER.rglob("*.py"))}
    return {name: read_module(name, path.read_text("utf-8"), set(files)) for name, path in files.items()}


def _dotted(path: Path) -> str:
    parts = path.relative_to(FOLDER).with_suffix("").parts
    return ".".join((ROOT, *(part for part in parts if part != "__init__")))


def read_module(name: str, text: str, others: set[str]) -> Module:
    """others: the dotted names of all modules, to tell a module from a name in one."""
    tree, lines = ast.parse(text), text.splitlines(keepends=True)
    module = Module(name, ast.get_docstring(tree) or "")
    body = tree.body[1:] if module.docstring else tree.body
    for place, node in enumerate(body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            _read_import(module, node, others, needed=True)
        elif isinstance(node, ast.If):  # only `if TYPE_CHECKING`: imports that no module must wait for
            for one in node.body:
                if isinstance(one, ast.Import | ast.ImportFrom):
                    _read_import(module, one, others, needed=False)
        elif names := _names_of(node):
            following = body[place + 1] if place + 1 < len(body) else None
            end = following if _is_text(following) else node
            module.definitions.append(Definition(name, names, _lines_of(lines, node, end)))
    return module


def _read_import(module: Module, node: ast.Import | ast.ImportFrom, others: set[str], *, needed: bool) -> None:
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return
    for alias in node.names:
        local = alias.asname or alias.name
        if isinstance(node, ast.Import):
            module.outside[local] = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
        elif (node.module or "").startswith(ROOT):
            whole = f"{node.module}.{alias.name}"
            if whole in others:
                module.modules[local] = whole
            else:
                module.imported[local] = Symbol(str(node.module), alias.name)
            if needed:
                module.needs.append(whole if whole in others else str(node.module))
        else:
            renamed = f" as {alias.asname}" if alias.asname else ""
            module.outside[local] = f"from {node.module} import {alias.name}{renamed}"


def _names_of(node: ast.stmt) -> tuple[str, ...]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return (node.name,)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    found = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return tuple(name for name in found if name != "__all__")


def _is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _lines_of(lines: list[str], node: ast.stmt, end: ast.stmt | None) -> str:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    last = (end or node).end_lineno
    return "".join(lines[first:last]).replace("  # fmt: skip", "")


def in_order(modules: dict[str, Module]) -> list[str]:
    """The modules, each after all those that it needs."""
    found: list[str] = []

    def add(name: str) -> None:
        if name in found:
            return
        for needed in modules[name].needs:
            if needed in modules and needed != name:
                add(needed)
        found.append(name)

    for name in modules:
        add(name)
    return found


def resolve(modules: dict[str, Module], module: str, name: str) -> Symbol | None:
    """What a name in a module stands for, followed through imports; None for what is no definition of the core."""
    while True:
        here = modules[module]
        if any(name in one.names for one in here.definitions):
            return Symbol(module, name)
        if name not in here.imported:
            return None
        module, name = here.imported[name].module, here.imported[name].name
