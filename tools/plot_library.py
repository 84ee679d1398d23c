#!/usr/bin/env python3
"""Installs the plot library and writes its script.

  plot_library.py REQUIREMENTS FOLDER OUT.js

FOLDER becomes a virtual environment with what REQUIREMENTS names; builds that share it fetch that once. OUT.js is Vega, Vega-Lite
and Vega-Embed as one script, from the vl_convert package; OUT.js.licence is that package's licence.
"""
import ensurepip
import glob
import os
import subprocess
import sys
import sysconfig
import venv

BUNDLE = "import vl_convert, sys; sys.stdout.write(vl_convert.javascript_bundle())"
LICENCE = "import importlib.metadata as m; print(next(f for f in m.files('vl-convert-python') if f.name == 'LICENSE').read_text(), end='')"


def install(requirements, folder):
    """Fills `folder`, unless it was filled by the same requirements before."""
    stamp = os.path.join(folder, "requirements.txt")
    with open(requirements) as f:
        wanted = f.read()
    if os.path.exists(stamp):
        with open(stamp) as f:
            if f.read() == wanted:
                return
    venv.create(folder, with_pip=False, clear=True)
    subprocess.run([python_of(folder), bundled_pip(), "install", "--quiet", "--disable-pip-version-check", "--require-hashes",
                    "--no-deps", "--no-compile", "-r", requirements], check=True)
    with open(stamp, "w") as f:
        f.write(wanted)


def bundled_pip():
    """The pip that Python brings along, run from its archive: to install it first takes as long as all else here."""
    folder = sysconfig.get_config_var("WHEEL_PKG_DIR") or os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
    return os.path.join(max(glob.glob(os.path.join(folder, "pip-*.whl"))), "pip")


def python_of(folder):
    return os.path.join(folder, "bin", "python")


def main():
    requirements, folder, out = sys.argv[1:]
    install(requirements, folder)
    script, licence = (subprocess.run([python_of(folder), "-c", program], check=True, capture_output=True, text=True).stdout
                       for program in (BUNDLE, LICENCE))
    # Inside a page the text would end the element it stands in.
    script = script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    with open(out, "w") as f:
        f.write(script)
    with open(out + ".licence", "w") as f:
        f.write(licence)


main()
