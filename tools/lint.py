#!/usr/bin/env python3
"""clang-tidy over each unit that is not as it was when it last passed.

  lint.py BUILD_DIR CLANG_TIDY [UNIT...]

BUILD_DIR has compile_commands.json; without UNIT all are read. A unit is a source, or a file of cmake/batches.cmake that includes up
to twenty: their headers are parsed once, which is two thirds of what a source read alone takes. What a unit's answer depends on is
hashed: its text and that of all our files it includes, its flags, .clang-tidy, the versions of clang-tidy and of Debian's packages. A
hash that passed is an empty file in $XDG_CACHE_HOME/nputwin/lint, which all clones of a machine share. tests/tools/lint_test.py shows
that a change of any of these is seen.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def ours(source, folders, seen):
    """Adds `source` and the files that it includes by "...", from its own folder or from `folders`, to `seen`: {path: text}."""
    with open(source, "rb") as f:
        seen[source] = f.read()
    for name in INCLUDE.findall(seen[source]):
        for folder in (os.path.dirname(source), *folders):
            path = os.path.normpath(os.path.join(folder, name.decode()))
            if os.path.isfile(path):
                if path not in seen:
                    ours(path, folders, seen)
                break


def texts(entry):
    """{path: text} of a unit and all our files that it includes."""
    folders = [os.path.join(entry["directory"], f) for f in re.findall(r"-(?:I|isystem) ?(\S+)", entry["command"])]
    seen = {}
    ours(os.path.join(entry["directory"], entry["file"]), folders, seen)
    return seen


def length(entry):
    return sum(len(text) for path, text in texts(entry).items() if path.endswith(".cc"))


def key(entry, root, tools):
    """The hash of what clang-tidy's answer on a unit depends on; the same in every clone."""
    seen = texts(entry)
    parts = [tools, entry["command"].replace(root, ".").encode()]
    for path in sorted(seen):
        parts += [os.path.relpath(path, root).encode(), seen[path]]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d\n" % len(part))
        digest.update(part)
    return digest.hexdigest()


def tools_of(root, clang_tidy):
    """What all sources depend on: the checks, the linter's version, and the headers that Debian's packages bring."""
    with open(os.path.join(root, ".clang-tidy"), "rb") as f:
        checks = f.read()
    version = subprocess.run([clang_tidy, "--version"], capture_output=True, check=True).stdout
    packages = subprocess.run(["dpkg-query", "-W", "lib*-dev", "nlohmann*"], capture_output=True, check=True).stdout
    return checks + version + packages


def follows_included_sources(clang_tidy, root):
    """Whether the analyzer finds a fault in a source that a unit includes, as it does by the name of the unit's folder."""
    with tempfile.TemporaryDirectory() as folder:
        unit = os.path.join(folder, "UnifiedSource", "unit.cc")
        os.mkdir(os.path.dirname(unit))
        with open(os.path.join(folder, "fault.cc"), "w") as f:
            f.write("int f(bool b) { int* p = nullptr; int i = 0; if (b) p = &i; return *p; }\n")
        with open(unit, "w") as f:
            f.write('#include "../fault.cc"\n')
        done = subprocess.run([clang_tidy, "--config-file=%s/.clang-tidy" % root, "--header-filter=.*", unit, "--"], capture_output=True, text=True)
    return "clang-analyzer-core.NullDereference" in done.stdout


def main():
    build, clang_tidy = sys.argv[1:3]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "nputwin", "lint")
    os.makedirs(cache, exist_ok=True)
    with open(os.path.join(build, "compile_commands.json")) as f:
        entries = {os.path.relpath(e["file"], root): e for e in json.load(f) if e["file"].endswith(".cc")}
    if not follows_included_sources(clang_tidy, root):
        sys.exit("clang-tidy no longer analyzes sources that a unit includes: see cmake/batches.cmake")
    tools = tools_of(root, clang_tidy)
    keys = {unit: os.path.join(cache, key(entries[unit], root, tools)) for unit in sys.argv[3:] or entries}
    unread = [unit for unit in keys if not os.path.exists(keys[unit])]
    unread.sort(key=lambda unit: -length(entries[unit])) # the longest first: the others fit beside it

    def passes(unit):
        done = subprocess.run([clang_tidy, "-p", build, "--quiet", entries[unit]["file"]], capture_output=True, text=True)
        if done.returncode == 0:
            open(keys[unit], "w").close()
            return True
        print("%s%s\nrepeat: python3 tools/lint.py %s %s %s" % (done.stdout, done.stderr, build, clang_tidy, unit), flush=True)
        return False

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = list(pool.map(passes, unread)).count(False)
    print("clang-tidy: %d units read, %d of them with findings; %d are as they were when they passed"
          % (len(unread), failed, len(keys) - len(unread)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
