#!/usr/bin/env python3
"""Reads the compiled kernels and fails where a hot loop keeps a vector on the stack.

  hot_loops_test.py FOLDER      (with the objects of a release build for x86-64; needs objdump and c++filt)

A hot loop is an innermost loop with at least four multiply-adds of 256 or 512 bits, vpmaddwd, vpdpwssd or vpdpbusd, that are a
fifth of its instructions: loops with fewer have other work that matters more. A compiler
that keeps the sums of such a loop in memory halves its speed and changes no result, so that nothing else would notice. Every
instruction set that vector kernels are compiled for must have hot loops: otherwise this test looks at the wrong code.
"""
import glob
import os
import re
import subprocess
import sys
import unittest

MULTIPLY_ADD = re.compile(r"vp(maddwd|dpwssds?|dpbusds?) .*%[yz]mm")
LEAST, SHARE = 4, 0.2
INSTRUCTION_SETS = {"AVX2", "AVX3", "AVX3_DL"}  # as Highway calls them
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(?:(?:notrack|bnd) )*(\S+)\s*(.*)$")


class Function:
    """One of a disassembly: its instructions as (address, text), in order."""

    def __init__(self, name):
        self.name, self.instructions = name, []

    def loops(self):
        """[first, last] positions of the innermost loops, from a backward jump's target to the jump."""
        position = {address: k for k, (address, _) in enumerate(self.instructions)}
        found = set()
        for k, (_, text) in enumerate(self.instructions):
            jump = re.match(r"j\w+ ([0-9a-f]+) <(.+?)(\+0x[0-9a-f]+)?>", text)
            if jump and jump[2] == self.name and position.get(int(jump[1], 16), k + 1) <= k:
                found.add((position[int(jump[1], 16)], k))
        return [loop for loop in sorted(found)
                if not any(other != loop and loop[0] <= other[0] and other[1] <= loop[1] for other in found)]

    def hot_loops(self):
        """The instructions of each."""
        loops = (self.instructions[first:last + 1] for first, last in self.loops())
        return [loop for loop in loops if sum(bool(MULTIPLY_ADD.match(text)) for _, text in loop) >= max(LEAST, SHARE * len(loop))]

    def spills(self, loop):
        """The instructions of a loop that have a vector and an operand on the stack. %rbp is any register, unless the function makes it its frame."""
        framed = any(re.match(r"mov %rsp,%rbp$|lea \S*\(%rsp\),%rbp$", text) for _, text in self.instructions)
        stack = re.compile(r"\(%r[sb]p[,)]" if framed else r"\(%rsp[,)]")
        return [(address, text) for address, text in loop if stack.search(text) and re.search(r"%[xyz]mm", text)]


def functions(lines):
    """Those of a disassembly."""
    found = []
    for line in lines:
        start, instruction = re.match(r"^[0-9a-f]+ <(.+)>:$", line), INSTRUCTION.match(line)
        if start:
            found.append(Function(start[1]))
        elif instruction and found:
            found[-1].instructions.append((int(instruction[1], 16), (instruction[2] + " " + instruction[3]).strip()))
    return found


def readable(names):
    """{name: as people write it}."""
    done = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True)
    return dict(zip(names, done.stdout.splitlines()))


def instruction_set(name):
    """Of a name as people write it, or None."""
    found = re.search(r"\bN_(\w+)::", name)
    return found[1] if found else None


class Reader(unittest.TestCase):
    # A loop inside another; the spill stands in the outer one, then in the inner one.
    TEXT = """
0000000000000000 <f>:
   0:\tpush   %rbp
   1:\tmov    %rsp,%rbp
   4:\tvmovdqa %ymm1,-0x20(%rbp)
   8:\tvpmaddwd (%rdi),%ymm0,%ymm1
   c:\tvpmaddwd 0x20(%rdi),%ymm0,%ymm2
  10:\tvpmaddwd %ymm3,%ymm0,%ymm3
  14:\tvpmaddwd %ymm4,%ymm0,%ymm4{}
  18:\tjne    8 <f+0x8>
  1a:\tjmp    4 <f+0x4>
  1c:\tvmovdqa 0x40(%rsp),%ymm9
  20:\tret
"""

    def spills(self, more=""):
        function, = functions(self.TEXT.format(more).splitlines())
        loop, = function.hot_loops()
        return [text for _, text in function.spills(loop)]

    def test_what_stands_outside_the_innermost_loop_may_spill(self):
        self.assertEqual(self.spills(), [])

    def test_sums_on_the_stack_are_found(self):
        self.assertEqual(self.spills("\n  16:\tvpaddd -0x20(%rbp),%ymm1,%ymm1"), ["vpaddd -0x20(%rbp),%ymm1,%ymm1"])
        self.assertEqual(self.spills("\n  16:\tvmovdqa %ymm1,(%rsp)"), ["vmovdqa %ymm1,(%rsp)"])
        self.assertEqual(self.spills("\n  16:\tvmovdqa %ymm1,0x20(%rsp,%rax,8)"), ["vmovdqa %ymm1,0x20(%rsp,%rax,8)"])

    def test_a_pointer_on_the_stack_is_no_vector(self):
        self.assertEqual(self.spills("\n  16:\tmov    0x20(%rsp),%rax"), [])

    def test_another_functions_address_is_no_loop(self):
        function, = functions(self.TEXT.format("").replace("8 <f+0x8>", "8 <g+0x8>").replace("4 <f+0x4>", "4 <g+0x4>").splitlines())
        self.assertEqual(function.hot_loops(), [])

    def test_rbp_may_be_a_pointer(self):
        text = self.TEXT.format("\n  16:\tvpaddd 0x20(%rbp),%ymm1,%ymm1").replace("mov    %rsp,%rbp", "mov    %rdi,%rbp")
        function, = functions(text.splitlines())
        self.assertEqual(function.spills(function.hot_loops()[0]), [])


class Kernels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        objects = [path for path in glob.glob(os.path.join(FOLDER, "**", "*.o"), recursive=True) if "kernels" in path[len(FOLDER):]]
        cls.functions = []
        for path in objects:
            done = subprocess.run(["objdump", "-d", "-M", "att", "--no-show-raw-insn", path], capture_output=True, text=True, check=True)
            cls.functions += functions(done.stdout.splitlines())
        cls.names = readable([function.name for function in cls.functions])
        cls.hot = [(function, loop) for function in cls.functions for loop in function.hot_loops()]

    def test_every_instruction_set_has_hot_loops(self):
        self.assertLessEqual(INSTRUCTION_SETS, {instruction_set(self.names[function.name]) for function, _ in self.hot})

    def test_no_hot_loop_touches_the_stack(self):
        wrong = []
        for function, loop in self.hot:
            name, spills = self.names[function.name], function.spills(loop)
            if spills:
                wrong.append("%s, the loop at %#x: %d of %d instructions, %#x %s" % (name, loop[0][0], len(spills), len(loop), *spills[0]))
        if wrong:
            self.fail("\n" + "\n".join(wrong))


if __name__ == "__main__":
    FOLDER = os.path.abspath(sys.argv.pop(1))
    unittest.main()
