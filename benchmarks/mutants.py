"""Small faults put into a file, one at a time: each is something a test should notice.

Operators are exchanged, constants changed, conditions turned round, values not returned and statements
left out. Not touched are documentation, annotations, decorators, imports, what only a type checker sees
(lists of ``Literal`` among it), ``__all__`` and the sentences of errors, which other tests hold to both
languages.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Add,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
SENTENCES = frozenset({"what", "where", "mend", "problem"})
TOLD = ("Error", "Trouble", "fault", "Fault", "_trouble", "_wrong", "_malformed")
LEFT_OUT = (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Delete, ast.Continue, ast.Break)


@dataclass(frozen=True)
class Site:
    """A place where one fault can be put.

    ``first`` and ``last`` are the lines of the statement it stands in, ``function`` the qualified name of the
    outermost function around it (None at the level of module or class, or in a default argument).
    """

    what: str
    line: int
    first: int
    last: int
    function: str | None
    apply: Callable[[], None]


@dataclass(frozen=True)
class Around:
    """What is around a node."""

    names: tuple[str, ...] = ()
    function: str | None = None
    first: int = 0
    last: int = 0
    in_sentence: bool = False


def sites(tree: ast.Module) -> Iterator[Site]:
    """Give every place in a parsed file, in a fixed order; applying one changes the tree."""
    yield from _block(tree.body, Around(), has_docstring=True)


def mutated(source: str, number: int) -> tuple[ast.Module, Site]:
    """Return a file with the fault of a number in it."""
    tree = ast.parse(source)
    site = next(site for place, site in enumerate(sites(tree)) if place == number)
    site.apply()
    return ast.fix_missing_locations(tree), site


def _block(body: list[ast.stmt], around: Around, *, has_docstring: bool = False) -> Iterator[Site]:
    for place, statement in enumerate(body):
        is_docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if is_docstring or isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass | ast.Assert):
            continue
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            continue
        if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
            continue
        if isinstance(statement, ast.Assign) and ast.unparse(statement.value).startswith("Literal["):
            continue
        here = Around(around.names, around.function, statement.lineno, statement.end_lineno or 0)
        if isinstance(statement, LEFT_OUT) and around.function is not None:
            yield _site("left out", statement, here, lambda body=body, place=place: _leave_out(body, place))
        yield from _statement(statement, here)


def _leave_out(body: list[ast.stmt], place: int) -> None:
    body[place] = ast.copy_location(ast.Pass(), body[place])


def _statement(node: ast.stmt, around: Around) -> Iterator[Site]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from _definition(node, around)
        return
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield _site("returns None", node, around, lambda: setattr(node, "value", ast.Constant(None)))
    if isinstance(node, ast.If | ast.While):
        around_test = Around(around.names, around.function, node.lineno, node.test.end_lineno or node.lineno)
        yield _site("turned round", node.test, around_test, lambda: setattr(node, "test", _not(node.test)))
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "type_comment", "simple", "targets", "target"):
            continue
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield from _block(value, around)
        elif isinstance(value, list):
            for item in value:
                yield from _inside(item, around)
        elif isinstance(value, ast.AST):
            yield from _inside(value, around)


def _inside(node: ast.AST, around: Around) -> Iterator[Site]:
    if isinstance(node, ast.ExceptHandler | ast.match_case):
        yield from _block(node.body, around)
    elif isinstance(node, ast.withitem):
        yield from _expression(node.context_expr, around)
    elif isinstance(node, ast.expr):
        yield from _expression(node, around)
    elif isinstance(node, ast.operator):
        return


def _definition(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, around: Around
) -> Iterator[Site]:
    names = (*around.names, node.name)
    if isinstance(node, ast.ClassDef):
        yield from _block(node.body, Around(names, around.function), has_docstring=True)
        return
    function = around.function or ".".join(names)
    outside = Around(around.names, around.function, node.lineno, node.body[0].lineno - 1)
    for default in [*node.args.defaults, *node.args.kw_defaults]:
        if default is not None:
            yield from _expression(default, outside)
    yield from _block(node.body, Around(names, function), has_docstring=True)


def _expression(node: ast.expr, around: Around) -> Iterator[Site]:
    yield from _faults(node, around)
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.keyword):
                told = around.in_sentence or child.arg in SENTENCES
                yield from _expression(child.value, _within(around, told))
            elif isinstance(child, ast.comprehension):
                for part in (child.iter, *child.ifs):
                    yield from _expression(part, around)
                for place, test in enumerate(child.ifs):
                    yield _site(
                        "turned round", test, around,
                        lambda ifs=child.ifs, place=place: ifs.__setitem__(place, _not(ifs[place])),
                    )  # fmt: skip
            elif isinstance(child, ast.arguments):
                continue
            elif isinstance(child, ast.expr):
                told = around.in_sentence or (name == "args" and _tells(node))
                yield from _expression(child, _within(around, told))


def _faults(node: ast.expr, around: Around) -> Iterator[Site]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                yield _site(
                    f"{type(operator).__name__} is {other.__name__}", node, around,
                    lambda place=place, other=other: node.ops.__setitem__(place, other()),
                )  # fmt: skip
    elif isinstance(node, ast.BinOp):
        other = COMPUTED[type(node.op)]
        what = f"{type(node.op).__name__} is {other.__name__}"
        yield _site(what, node, around, lambda: setattr(node, "op", other()))
    elif isinstance(node, ast.BoolOp):
        turned = ast.Or if isinstance(node.op, ast.And) else ast.And
        what = f"{type(node.op).__name__} is {turned.__name__}"
        yield _site(what, node, around, lambda: setattr(node, "op", turned()))
    elif isinstance(node, ast.UnaryOp):
        what = f"without {type(node.op).__name__}"
        yield _site(what, node, around, lambda: _become(node, node.operand))
    elif isinstance(node, ast.IfExp):
        yield _site("turned round", node.test, around, lambda: setattr(node, "test", _not(node.test)))
    elif isinstance(node, ast.Constant):
        yield from _constant(node, around)


def _constant(node: ast.Constant, around: Around) -> Iterator[Site]:
    value = node.value
    if isinstance(value, str) and (around.in_sentence or not value or _is_sentence(value)):
        return
    other: object
    if isinstance(value, bool):
        other = not value
    elif isinstance(value, int | float):
        other = value + 1
    elif isinstance(value, str):
        other = "XX" + value
    elif isinstance(value, bytes):
        other = b"XX" + value
    else:
        return
    what = f"{str(value)[:30]!r} is {str(other)[:30]!r}"
    yield _site(what, node, around, lambda: setattr(node, "value", other))


def _is_sentence(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and text.count(" ") > 2


def _site(what: str, node: ast.AST, around: Around, apply: Callable[[], None]) -> Site:
    line = getattr(node, "lineno", around.first)
    return Site(what, line, around.first, around.last, around.function, apply)


def _within(around: Around, in_sentence: bool) -> Around:
    return Around(around.names, around.function, around.first, around.last, in_sentence)


def _tells(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith(TOLD)


def _not(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _become(node: ast.expr, other: ast.expr) -> None:
    """Make a node say what another says: the operand stands where its operator stood."""
    plus = ast.UnaryOp(ast.UAdd(), other)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        both = ast.BoolOp(ast.And(), [other, other])
        node.__class__, node.__dict__ = type(both), {**node.__dict__, **both.__dict__}  # type: ignore[assignment]
    else:
        node.__dict__.update(plus.__dict__)
