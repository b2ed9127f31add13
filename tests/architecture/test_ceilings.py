"""Nothing grows past what one can read in a sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

LINES_PER_FILE = 400
LINES_PER_FUNCTION = 50
PARAMETERS = 6
OPERANDS = 3

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def public_functions(tree: ast.Module) -> Iterator[Function]:
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        yield from (f for f in members if isinstance(f, Function) and not f.name.startswith("_"))


def lines_without_docstring(function: Function) -> int:
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def positional(function: Function) -> list[str]:
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def test_no_file_is_too_long(module_file: Path) -> None:
    assert len(module_file.read_text(encoding="utf-8").splitlines()) <= LINES_PER_FILE


def test_no_function_is_too_long(module_tree: ast.Module) -> None:
    long = {f.name: lines_without_docstring(f) for f in functions(module_tree)}
    assert {name: lines for name, lines in long.items() if lines > LINES_PER_FUNCTION} == {}


def test_no_function_takes_too_many_parameters(module_tree: ast.Module) -> None:
    counts = {f.name: len(positional(f)) + len(f.args.kwonlyargs) for f in functions(module_tree)}
    assert {name: count for name, count in counts.items() if count > PARAMETERS} == {}


def test_settings_are_keyword_only(module_tree: ast.Module) -> None:
    """A public call names its settings: what has a default stands after the star, unless it is the first."""
    loose = [
        f.name for f in public_functions(module_tree) if len(f.args.defaults) > (len(positional(f)) == 1)
    ]
    assert loose == []


def test_few_operands_are_positional(module_file: Path, module_tree: ast.Module) -> None:
    """``judge(claim, estimate, grade)`` reads well; a fourth operand does not. Kernels follow their paper."""
    limit = PARAMETERS if "kernels" in module_file.parts else OPERANDS
    assert [f.name for f in public_functions(module_tree) if len(positional(f)) > limit] == []
