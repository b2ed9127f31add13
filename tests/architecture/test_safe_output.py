"""What is written goes through the few that write safely: whole files, and cells that are no formulas."""

import ast

WHOLE = {"provenance.py"}
#: Files of a folder that nobody but this program sees and that is gone afterwards.
TEMPORARY = {"verification/recompute.py", "verification/row_changes.py"}
#: Averages are read back to the last digit, so that names like formulas are refused there, never rewritten.
CELLS = {"wording/cells.py", "plans/averages_file.py"}
WRITING = {"write_text", "write_bytes"}
OF_CELLS = {"to_csv", "to_excel", "write_string", "write_formula", "write_url", "write_row", "write_number"}
HTML = {"to_html"}


def calls(tree: ast.Module) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def opens_to_write(call: ast.Call) -> bool:
    modes = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return called(call) in {"open", "fdopen"} and any(
        set(mode) <= set("rwaxbt+") and set(mode) & set("wax+") for mode in modes
    )


def test_files_are_written_whole(module_file, module_tree):
    name = "/".join(module_file.parts[module_file.parts.index("impactkit") + 1 :])
    if name in WHOLE | TEMPORARY:
        return
    found = [call.lineno for call in calls(module_tree) if called(call) in WRITING or opens_to_write(call)]
    assert found == []


def test_cells_are_written_on_one_page(module_file, module_tree):
    if str(module_file).replace("\\", "/").endswith(tuple(CELLS)):
        return
    found = [call.lineno for call in calls(module_tree) if called(call) in OF_CELLS | HTML]
    found += [
        call.lineno
        for call in calls(module_tree)
        if ast.unparse(call.func) in {"csv.writer", "csv.DictWriter"}
    ]
    assert found == []


def test_the_probe_sees_what_it_should():
    tree = ast.parse(
        'p.open("wb"); open(p, "a"); os.fdopen(h, "w"); q.write_text(x); r.open("rb"); z.open("name")'
    )
    assert [opens_to_write(call) for call in calls(tree)] == [True, True, True, False, False, False]
