#!/usr/bin/env python3
"""tests/mutations/mutate.py [FILE…]: changes one bound, comparison or connective of the validation rules at a time, and runs their
unit tests: each change must make one fail. Prints the changes that no test noticed, and how many there were. FILE…: only those of these files, such as start_rules.cpp.
Those that change nothing a row can show stand in equivalent.txt, one a line: FILE: the line's code -> the changed one."""
import concurrent.futures
import pathlib
import re
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parents[2]
work = top / "build" / "mutations"
room = top / "src" / "validation"
tests = [top / "tests" / "unit" / "main.cpp", *sorted((top / "tests" / "unit" / "validation").glob("*.cpp"))]
flags = ["-std=c++20", "-O0", "-w", f"-I{top}/include", f"-I{top}/tests", f"-I{room}", f'-DORDERD_SOURCE_DIR="{top}"']
libraries = [f"{top}/build/release/liborderd_core.a", "-licui18n", "-licuuc", "-licudata"]
unmutated = {"rules.cpp", "rules_document.cpp"}  # words, not bounds
swaps = {" < ": " <= ", " <= ": " < ", " > ": " >= ", " >= ": " > ", " == ": " != ", " != ": " == ", " && ": " || ",
         " || ": " && "}


def compile_unit(source, target):
    return subprocess.run(["ccache", "g++", *flags, "-c", str(source), "-o", str(target)], capture_output=True, text=True)


def code_only(line):
    """The line with strings, characters and comments blanked out."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: "_" * len(m[0]), line)
    line = re.sub(r"'(?:[^'\\]|\\.)'", lambda m: "_" * len(m[0]), line)
    return re.sub(r"//.*", lambda m: "_" * len(m[0]), line)


def mutants(path):
    lines = path.read_text().split("\n")
    for number, line in enumerate(lines):
        code = code_only(line)
        if code.lstrip().startswith(("#", "///")):
            continue
        changes = []
        for match in re.finditer(r"(?<![\w.])\d+(?![\w.])", code):
            value = int(match[0])
            for other in {value + 1, max(value - 1, 0)} - {value}:
                changes.append((match.start(), match.end(), str(other)))
        for word, other in swaps.items():
            for match in re.finditer(re.escape(word), code):
                changes.append((match.start(), match.end(), other))
        for start, end, text in changes:
            changed = line[:start] + text + line[end:]
            yield number, line.strip(), changed.strip(), "\n".join(lines[:number] + [changed] + lines[number + 1:])


def main():
    work.mkdir(parents=True, exist_ok=True)
    objects = {}
    for source in [*sorted(room.glob("*.cpp")), *tests]:
        target = work / (source.stem + ".o")
        done = compile_unit(source, target)
        if done.returncode:
            sys.exit(done.stderr)
        objects[source] = target

    def noticed(job):
        index, path, text = job
        source, target, program = (work / f"mutant{index}{end}" for end in (".cpp", ".o", ""))
        source.write_text(text)
        try:
            if compile_unit(source, target).returncode:
                return True  # the compiler noticed
            others = [str(o) for s, o in objects.items() if s != path]
            subprocess.run(["g++", str(target), *others, *libraries, "-o", str(program)], check=True)
            try:
                return subprocess.run([str(program)], capture_output=True, timeout=60).returncode != 0
            except subprocess.TimeoutExpired:
                return True
        finally:
            for leftover in (source, target, program):
                leftover.unlink(missing_ok=True)

    known = set((pathlib.Path(__file__).parent / "equivalent.txt").read_text().split("\n"))
    wanted = set(sys.argv[1:]) or {path.name for path in room.glob("*.cpp")} - unmutated
    everything = [(path, *m) for path in sorted(room.glob("*.cpp")) if path.name in wanted for m in mutants(path)]
    equivalent = unnoticed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [(i, m[0], m[4]) for i, m in enumerate(everything)]
        for m, seen in zip(everything, pool.map(noticed, jobs)):
            if seen:
                continue
            line = f"{m[0].name}: {m[2]} -> {m[3]}"
            if line in known:
                equivalent += 1
                continue
            unnoticed += 1
            print(line, flush=True)
    print(f"mutations: {len(everything)}, noticed {len(everything) - equivalent - unnoticed}, "
          f"without any effect {equivalent}, unnoticed {unnoticed}")
    sys.exit(1 if unnoticed else 0)


main()
