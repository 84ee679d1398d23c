#!/usr/bin/env python3
"""clang-tidy over each source that is not as it was when it last passed.

  lint.py BUILD_DIR CLANG_TIDY [SOURCE...]

BUILD_DIR has compile_commands.json; without SOURCE all of src/ and apps/ are read. Each source is read alone, so that its includes
stay honest. What a source's answer depends on is hashed: its text and that of all our files it includes, its flags, .clang-tidy, the
versions of clang-tidy and of Debian's packages. A hash that passed is an empty file in $XDG_CACHE_HOME/nputwin/lint, which all
clones of a machine share. tests/tools/lint_test.py shows that a change of any of these is seen.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

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


def key(entry, root, tools):
    """The hash of what clang-tidy's answer on a source depends on; the same in every clone."""
    command = entry["command"]
    folders = [os.path.join(entry["directory"], f) for f in re.findall(r"-(?:I|isystem) ?(\S+)", command)]
    seen = {}
    ours(os.path.join(entry["directory"], entry["file"]), folders, seen)
    parts = [tools, command.replace(root, ".").encode()]
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


def main():
    build, clang_tidy = sys.argv[1:3]
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "nputwin", "lint")
    os.makedirs(cache, exist_ok=True)
    with open(os.path.join(build, "compile_commands.json")) as f:
        entries = {os.path.relpath(e["file"], root): e for e in json.load(f)}
    sources = sys.argv[3:] or sorted(s for s in entries if s.startswith(("src/", "apps/")))
    tools = tools_of(root, clang_tidy)
    keys = {s: os.path.join(cache, key(entries[s], root, tools)) for s in sources}
    unread = [s for s in sources if not os.path.exists(keys[s])]

    def passes(source):
        done = subprocess.run([clang_tidy, "-p", build, "--quiet", entries[source]["file"]], capture_output=True, text=True)
        if done.returncode == 0:
            open(keys[source], "w").close()
            return True
        print("%s%s\nrepeat: python3 tools/lint.py %s %s %s" % (done.stdout, done.stderr, build, clang_tidy, source), flush=True)
        return False

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = list(pool.map(passes, unread)).count(False)
    print("clang-tidy: %d sources read, %d of them with findings; %d are as they were when they passed"
          % (len(unread), failed, len(sources) - len(unread)))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
