#!/usr/bin/env python3
"""The Python programs inside the tool (src/**/*.py): they parse on old interpreters, bind every name that they use, and import what
they may. The user's interpreter runs them, so a mistake would show only there."""
import ast
import builtins
import glob
import os
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROGRAMS = sorted(glob.glob(os.path.join(ROOT, "src", "**", "*.py"), recursive=True))
OLDEST = (3, 7)  # TensorFlow Lite 2.9.1 comes for it
MODULES = {"importlib", "json", "os", "platform", "sys", "numpy", "tflite_runtime", "ai_edge_litert", "tensorflow", "vl_convert"}


def bound_names(tree):
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((name.asname or name.name).split(".")[0] for name in node.names)
        elif isinstance(node, ast.FunctionDef):
            yield node.name
            yield from (argument.arg for argument in node.args.args)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


class Programs(unittest.TestCase):
    def test_each(self):
        self.assertEqual([os.path.basename(path) for path in PROGRAMS], ["draw_plots.py", "capture_runtime.py"])
        for path in PROGRAMS:
            with open(path, encoding="utf-8") as f:
                text = f.read()
            tree = ast.parse(text, path, feature_version=OLDEST)
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
            self.assertEqual(used - set(bound_names(tree)) - set(dir(builtins)), set(), path)
            self.assertLessEqual(set(imported_modules(tree)), MODULES, path)
            self.assertTrue(ast.get_docstring(tree), path)
            self.assertLessEqual(max(map(len, text.splitlines())), 120, path)


if __name__ == "__main__":
    unittest.main()
