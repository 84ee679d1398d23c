#!/usr/bin/env python3
"""Links what a compiler has compiled for an older C library than the machine's.

  portable_link.py TARGET COMPILER ARGUMENTS...      TARGET: x86_64-linux-gnu.2.28

CMake calls it in front of the compiler's own command that links. ziglang, of this Python, links in its place: it has the
symbols of every glibc. The compiler's C++ runtime is linked in, so that no system needs to have it.
"""
import subprocess
import sys


def archive(compiler, name):
    path = subprocess.run([compiler, "-print-file-name=" + name], check=True, capture_output=True, text=True).stdout.strip()
    if "/" not in path:
        sys.exit("portable_link.py: %s has no %s" % (compiler, name))
    return path


def is_for_the_compiler_alone(argument):
    """Options that say how to compile, and where this machine has its libraries."""
    return argument.startswith(("-f", "-O", "-g", "-m", "--param", "--sysroot", "-Wl,-rpath", "-D", "-std")) or (
        argument.startswith("-W") and not argument.startswith("-Wl,"))


def main():
    target, compiler, *arguments = sys.argv[1:]
    kept = [a for a in arguments if not is_for_the_compiler_alone(a)]
    runtime = [archive(compiler, name) for name in ("libstdc++.a", "libgcc_eh.a", "libgcc.a")]
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, *kept, *runtime, "-lm", "-lpthread", "-ldl",
               "-Wl,--gc-sections", "-s"]
    sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
