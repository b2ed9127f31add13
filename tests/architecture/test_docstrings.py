"""What is public says what it takes, in what unit, and what it gives."""

import ast
import itertools

Function = ast.FunctionDef | ast.AsyncFunctionDef
WITHOUT_FIELDS = {"Protocol", "Enum", "StrEnum", "IntEnum", "TypedDict", "NamedTuple"}


def is_public(node: ast.stmt) -> bool:
    return isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_")


def parameters(function: Function) -> list[str]:
    a = function.args
    return [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs) if not x.arg.startswith("_")]


def gives_something(function: Function) -> bool:
    return function.returns is not None and ast.unparse(function.returns) not in {"None", "NoReturn", "Never"}


def is_overload(function: Function) -> bool:
    return any("overload" in ast.unparse(decorator) for decorator in function.decorator_list)


def fields(model: ast.ClassDef) -> list[str]:
    bases = {ast.unparse(base).rpartition(".")[2].partition("[")[0] for base in model.bases}
    if bases & WITHOUT_FIELDS:
        return []
    annotated = [node for node in model.body if isinstance(node, ast.AnnAssign)]
    named = [node.target.id for node in annotated if "ClassVar" not in ast.unparse(node.annotation)]
    return [name for name in named if not name.startswith("_") and name != "model_config"]


def has_section(node: Function | ast.ClassDef, *titles: str) -> bool:
    lines = (ast.get_docstring(node) or "").splitlines()
    return any(line in titles and rule == "-" * len(line) for line, rule in itertools.pairwise(lines))


def test_every_module_says_what_it_is_for(module_tree: ast.Module) -> None:
    assert ast.get_docstring(module_tree) or not module_tree.body


def test_everything_public_has_a_docstring(module_tree: ast.Module) -> None:
    public = [node for node in module_tree.body if is_public(node)]
    members = [m for node in public if isinstance(node, ast.ClassDef) for m in node.body if is_public(m)]
    documented = (
        node for node in (*public, *members) if not isinstance(node, Function) or not is_overload(node)
    )
    assert [node.name for node in documented if not ast.get_docstring(node)] == []


def test_public_functions_describe_parameters_and_result(module_tree: ast.Module) -> None:
    public = [n for n in module_tree.body if is_public(n) and isinstance(n, Function) and not is_overload(n)]
    silent = [f.name for f in public if parameters(f) and not has_section(f, "Parameters")]
    silent += [f.name for f in public if gives_something(f) and not has_section(f, "Returns", "Yields")]
    assert silent == []


def test_public_classes_describe_their_fields(module_tree: ast.Module) -> None:
    public = [node for node in module_tree.body if is_public(node) and isinstance(node, ast.ClassDef)]
    silent = [c.name for c in public if fields(c) and not has_section(c, "Parameters", "Attributes")]
    assert silent == []
