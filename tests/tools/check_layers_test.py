#!/usr/bin/env python3
"""tools/check_layers.py: each of its rules fails on a small tree that breaks it and passes on one that does not; the
table of rooms in HACKING.md is as its lists."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
TOOL = os.path.join(ROOT, "tools", "check_layers.py")
sys.path.insert(0, os.path.join(ROOT, "tools"))
import check_layers


def write(folder, files):
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as f:
            f.write(text)


class Rules(unittest.TestCase):
    def problems(self, path, text):
        """What the tool says of a tree with this one file."""
        with tempfile.TemporaryDirectory() as folder:
            write(folder, {path: text})
            return [p for source in check_layers.sources(folder) for p in check_layers.problems_of(folder, source)]

    def refused(self, path, text, problem):
        self.assertEqual(self.problems(path, text), [problem])

    def refused_twice(self, path, text, problem):
        """What the order of rooms refuses too: `problem` ends the second line."""
        found = self.problems(path, text)
        self.assertEqual(len(found), 2, found)
        self.assertTrue(found[1].endswith(problem), found)

    def accepted(self, path, text):
        self.assertEqual(self.problems(path, text), [], (path, text))

    def test_this_tree(self):
        done = subprocess.run([sys.executable, TOOL], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, "every room includes only what comes before it\n"))

    def test_exit_codes(self):
        for line, code, said in (("tensor", 0, "every room includes only what comes before it\n"),
                                 ("api", 1, "src/model/x.cc:1: model includes api, which stands above it\n")):
            with tempfile.TemporaryDirectory() as folder:
                write(folder, {"src/model/x.cc": '#include "%s/y.h"\n' % line})
                done = subprocess.run([sys.executable, TOOL, folder], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (code, said, ""))

    def test_order_of_rooms(self):
        for i, below in enumerate(check_layers.ROOMS):
            for above in check_layers.ROOMS[i + 1:]:
                found = self.problems("src/%s/x.cc" % below, '\n#include "%s/y.h"\n' % above)
                self.assertEqual(found[0],
                                 "src/%s/x.cc:2: %s includes %s, which stands above it" % (below, below, above))
        self.accepted("src/%s/x.cc" % check_layers.ROOMS[-1], "".join('#include "%s/y.h"\n' % room for room in check_layers.ROOMS))

    def test_order_of_sub_rooms(self):
        for room, subs in check_layers.SUB_ROOMS.items():
            for below, above in zip(subs, subs[1:]):
                self.accepted("src/%s/%s/x.cc" % (room, above), '#include "%s/%s/y.h"\n' % (room, below))
                self.refused("src/%s/%s/x.cc" % (room, below), '#include "%s/%s/y.h"\n' % (room, above),
                             "src/%s/%s/x.cc:1: %s/%s includes %s/%s, which stands above it"
                             % (room, below, room, below, room, above))

    def test_a_room_itself_comes_before_its_sub_rooms(self):
        self.accepted("src/ops/layers/x.cc", '#include "ops/op.h"\n#include "ops/layers/y.h"\n')
        self.refused("src/ops/x.h", '#include "ops/layers/y.h"\n',
                     "src/ops/x.h:1: ops includes ops/layers, which stands above it")

    def test_other_sub_rooms_do_not_include_each_other(self):
        self.accepted("src/io/x.h", '#include "io/tflite/y.h"\n')
        self.refused("src/io/tflite/x.h", '#include "io/onnx/y.h"\n',
                     "src/io/tflite/x.h:1: io/tflite includes io/onnx, which stands beside it")

    def test_unknown_rooms(self):
        self.refused("src/attic/x.cc", "\n", "src/attic/x.cc: 'attic' is no room")
        self.refused("src/ops/attic/x.cc", "\n", "src/ops/attic/x.cc: 'ops/attic' is no room")
        self.refused("src/ops/layers/x.cc", '#include "ops/attic/y.h"\n',
                     "src/ops/layers/x.cc:1: includes ops/attic, which is no room")

    def test_kernels_and_mac_know_neither_profiles_nor_ops(self):
        # Ops stand above both rooms, so that the order of rooms refuses them too; profiles stand below.
        for room in ("kernels", "mac"):
            self.refused("src/%s/x.cc" % room, '#include "profile/profile.h"\n',
                         'src/%s/x.cc:1: "profile/profile.h": kernels and multiply-accumulate layers know neither '
                         "profiles nor ops" % room)
            self.refused_twice("src/%s/x.cc" % room, '#include "ops/op.h"\n', "know neither profiles nor ops")

    def test_io_starts_no_process(self):
        self.refused("src/io/x.cc", '#include "base/program.h"\n',
                     'src/io/x.cc:1: "base/program.h": io knows neither profiles nor sessions and starts no process')
        self.refused("src/io/x.cc", "#include <spawn.h>\n",
                     "src/io/x.cc:1: <spawn.h>: io knows neither profiles nor sessions and starts no process")
        for room in ("profile", "session"):
            self.refused_twice("src/io/x.cc", '#include "%s/y.h"\n' % room,
                               "io knows neither profiles nor sessions and starts no process")

    def test_libraries_stay_in_their_rooms(self):
        for library in ("<hwy/highway.h>", "<cuda_runtime.h>"):
            self.accepted("src/kernels/x.cc", "#include %s\n" % library)
            self.accepted("src/mac/x.cc", "#include %s\n" % library)
            for path in ("src/ops/x.cc", "apps/cli/x.cc", "tests/ops/x.cc"):
                self.refused(path, "#include %s\n" % library,
                             "%s:1: %s: only kernels and mac see SIMD and device libraries" % (path, library))

    def test_python_sees_only_the_installed_headers(self):
        self.accepted("apps/python/x.cc", '#include "nputwin/nputwin.h"\n#include "helpers.h"\n')
        self.refused("apps/python/x.cc", '#include "session/session.h"\n',
                     'apps/python/x.cc:1: "session/session.h": Python sees only the installed headers')

    def test_only_the_delegate_knows_a_runtimes_structs(self):
        # It makes a model of what the runtime shows, which the installed headers cannot say.
        self.accepted("apps/delegate/x.cc", '#include "session/session.h"\n#include "tflite_abi.h"\n')
        for header in ("tflite_abi.h", "builtin_structs.h"):
            self.refused("src/model/x.cc", '#include "%s"\n' % header,
                         'src/model/x.cc:1: "%s": only the delegate knows a runtime\'s structs' % header)

    def test_lines_and_columns(self):
        most = check_layers.MOST_LINES
        self.accepted("src/base/x.cc", "\n" * most)
        self.refused("src/base/x.cc", "\n" * (most + 1), "src/base/x.cc: %d lines, at most %d" % (most + 1, most))
        wide = check_layers.MOST_COLUMNS
        self.accepted("src/base/x.cc", "é" * wide + "\n")
        self.refused("tests/base/x.h", "/" * (wide + 1) + "\n",
                     "tests/base/x.h:1: %d characters, at most %d" % (wide + 1, wide))


    def test_long_functions(self):
        most = check_layers.MOST_FUNCTION_LINES
        for head in ("int f() {", "int f(int a,\n      int b) {"):
            lines = head.count("\n")
            self.accepted("apps/cli/x.cc", head + "\n" + "  g();\n" * (most - lines) + "}\n")
            self.refused("apps/cli/x.cc", head + "\n" + "  g();\n" * (most + 1 - lines) + "}\n",
                         "apps/cli/x.cc:1: a function of %d lines, at most %d" % (most + 1, most))


class Documents(unittest.TestCase):
    def test_hacking_has_every_room_in_order(self):
        with open(os.path.join(ROOT, "HACKING.md"), encoding="utf-8") as f:
            rows = re.findall(r"^\| src/(\w+) \|(.*)$", f.read(), re.M)
        self.assertEqual([room for room, _ in rows], check_layers.ROOMS)
        for room, text in rows:
            subs = check_layers.SUB_ROOMS.get(room, [])
            self.assertIn(", ".join("%s/" % sub for sub in subs), text, "sub-rooms of src/%s in their order" % room)

    def test_rooms_exist(self):
        folders = {n for n in os.listdir(os.path.join(ROOT, "src")) if os.path.isdir(os.path.join(ROOT, "src", n))}
        self.assertLessEqual(folders, set(check_layers.ROOMS))


if __name__ == "__main__":
    unittest.main()
