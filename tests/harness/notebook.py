"""notebook.py: the notebooks' rules, one form for what is committed, and a comparison.

  notebook.py rules FILE             what FILE does that a notebook here may not, a line each
  notebook.py normal FILE >OUT       FILE without what varies: times, versions, ids, counts
  notebook.py same COMMITTED NEW     where the outputs of NEW differ from the committed ones

Only the standard library: whoever has Jupyter has that.
"""
import ast
import difflib
import json
import re
import sys

# A notebook drives `gpt`, make and gnuplot, and shows pictures; nothing is installed for it.
PATH = re.compile(r"(?<![\w./<:*~-])/(?!dev/)(?:[\w.-]+/)+[\w.-]*")
TIMES = [
    (re.compile(r"\b\d{1,2}:\d\d(:\d\d)?\b"), "a time"),
    (re.compile(r"\b(19|20)\d\d-\d\d-\d\d\b"), "a date"),
    # Not "12 s": that may be a letter and how often it occurs.
    (re.compile(r"\b(\d+\.\d+ ?(s|ms|us)|\d+ (seconds|minutes))\b"), "a time"),
    (re.compile(r"\b\S+/s\b"), "a speed"),
]


def read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def joined(text):
    return text if isinstance(text, str) else "".join(text)


def python(source):
    """The lines of a code cell that are Python, as the others are the shell's."""
    if source.startswith("%%"):
        return ""
    return "\n".join(
        "pass" if line.lstrip().startswith(("!", "%")) and line == line.lstrip()
        else re.sub(r"^(\s+)[!%].*", r"\1pass", line)
        for line in source.split("\n")
    )


def imports(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.module or "."


def may_import(name):
    known = getattr(sys, "stdlib_module_names", None)
    return name == "IPython.display" or known is None or name.split(".")[0] in known


def texts(output):
    """The output's texts; pictures are not searched."""
    if "text" in output:
        yield joined(output["text"])
    for kind, data in output.get("data", {}).items():
        if kind.startswith("text/"):
            yield joined(data)


def broken_rules(notebook):
    if notebook.get("nbformat") != 4:
        yield 0, "expected nbformat 4"
    for number, cell in enumerate(notebook["cells"], 1):
        source = joined(cell["source"])
        found = PATH.search(source)
        if found:
            yield number, "an absolute path: " + found.group()
        if cell["cell_type"] != "code":
            continue
        try:
            for name in imports(python(source)):
                if not may_import(name):
                    yield number, f"imports {name}: only IPython.display and the standard library"
        except SyntaxError as e:
            yield number, f"is not Python: {e.msg}"
        if cell.get("execution_count") is None and source.strip():
            yield number, "was never run: make notebooks"
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                yield number, f"ends with {output['ename']}"
            for text in texts(output):
                found = PATH.search(text)
                if found:
                    yield number, "an absolute path in the output: " + found.group()
                for pattern, what in TIMES:
                    found = pattern.search(text)
                    if found:
                        yield number, f"{what} in the output: {found.group()}"


def lines(text):
    return joined(text).splitlines(keepends=True)


def normal_output(output):
    kind = output["output_type"]
    if kind == "stream":
        return {"name": output["name"], "output_type": kind, "text": lines(output["text"])}
    if kind == "error":
        return {"ename": output["ename"], "evalue": output["evalue"], "output_type": kind,
                "traceback": []}
    data = {k: lines(v) if isinstance(v, (str, list)) else v for k, v in output["data"].items()}
    if "image/svg+xml" in data:
        data.pop("text/plain", None)  # the address of an object
    normal = {"data": data, "metadata": {}, "output_type": kind}
    return normal


def normal_cell(cell, count):
    normal = {"cell_type": cell["cell_type"], "metadata": {}, "source": lines(cell["source"])}
    if cell["cell_type"] != "code":
        return normal
    outputs = []
    for output in map(normal_output, cell["outputs"]):
        # How a stream was cut into pieces is chance.
        last = outputs[-1] if outputs else None
        if last and output["output_type"] == last["output_type"] == "stream" and \
                output["name"] == last["name"]:
            last["text"] = lines(joined(last["text"]) + joined(output["text"]))
        else:
            outputs.append(output)
        if output["output_type"] == "execute_result":
            output["execution_count"] = count
    normal.update(execution_count=count, outputs=outputs)
    return normal


def normal(notebook):
    cells, count = [], 0
    for cell in notebook["cells"]:
        count += cell["cell_type"] == "code"
        cells.append(normal_cell(cell, count))
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 4,
    }


def shown(outputs):
    """Outputs as lines to compare; a picture by another gnuplot is taken as it is."""
    for output in outputs:
        for kind, data in sorted(output.get("data", {"stream": output.get("text", "")}).items()):
            yield from joined(data).splitlines()


def gnuplot(outputs):
    return re.findall(r"Produced by GNUPLOT ([^<]*?) *<", "\n".join(shown(outputs)))


def differences(committed, new):
    old, new = normal(committed)["cells"], normal(new)["cells"]
    if [c["source"] for c in old] != [c["source"] for c in new]:
        yield 0, ["the cells are not the same"]
        return
    for number, (a, b) in enumerate(zip(old, new), 1):
        a, b = a.get("outputs", []), b.get("outputs", [])
        if gnuplot(a) != gnuplot(b) and len(gnuplot(a)) == len(gnuplot(b)):
            print(f"# cell {number}: drawn, not compared: by gnuplot {gnuplot(a)[0]}, "
                  f"here it is {gnuplot(b)[0]}", file=sys.stderr)
        elif list(shown(a)) != list(shown(b)):
            yield number, list(difflib.unified_diff(list(shown(a)), list(shown(b)), "committed",
                                                    "now", lineterm="", n=1))[:16]


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "rules":
        broken = list(broken_rules(read(arguments[1])))
        for cell, what in broken:
            print(f"{arguments[1]}: cell {cell}: {what}")
        return bool(broken)
    if len(arguments) == 2 and arguments[0] == "normal":
        json.dump(normal(read(arguments[1])), sys.stdout, indent=1, ensure_ascii=False,
                  sort_keys=True)
        print()
        return 0
    if len(arguments) == 3 and arguments[0] == "same":
        found = list(differences(read(arguments[1]), read(arguments[2])))
        for cell, diff in found:
            print(f"{arguments[1]}: cell {cell} prints something else:")
            print("\n".join("    " + line[:100] for line in diff))
        return bool(found)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
