#!/usr/bin/env python3
"""A source is read by the linter again where anything that its answer depends on has changed, and only then."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import lint


class Key(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = self.tree(os.path.join(folder.name, "one"))
        self.other = self.tree(os.path.join(folder.name, "two"))
        self.before = self.key(self.root)

    def tree(self, root):
        self.write(root, "src/a/a.cc", '#include "a/a.h"\n#include <vector>\nint f() { return 1; }\n')
        self.write(root, "src/a/a.h", '#include "beside.inc"\n')
        self.write(root, "src/a/beside.inc", "// a list\n")
        self.write(root, "src/b.h", "// nobody includes it\n")
        return root

    @staticmethod
    def write(root, path, text):
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)

    @staticmethod
    def key(root, flags="", tools=b"version 1"):
        entry = {"directory": os.path.join(root, "build"), "file": os.path.join(root, "src/a/a.cc"),
                 "command": "c++ -I%s/src %s -c %s/src/a/a.cc" % (root, flags, root)}
        return lint.key(entry, root, tools)

    def test_the_same_in_another_clone(self):
        self.assertEqual(self.key(self.other), self.before)

    def test_what_it_does_not_include_does_not_matter(self):
        self.write(self.root, "src/b.h", "int b;\n")
        self.assertEqual(self.key(self.root), self.before)

    def test_its_text_and_all_it_includes_matter(self):
        for path in ("src/a/a.cc", "src/a/a.h", "src/a/beside.inc"):
            with self.subTest(path):
                with open(os.path.join(self.other, path), "a") as f:
                    f.write("// changed\n")
                changed = self.key(self.other)
                self.assertNotEqual(changed, self.before)
                self.tree(self.other)

    def test_flags_checks_and_versions_matter(self):
        self.assertNotEqual(self.key(self.root, flags="-DX"), self.before)
        self.assertNotEqual(self.key(self.root, tools=b"version 2"), self.before)


unittest.main()
