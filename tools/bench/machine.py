"""What is measured, and on what."""
import datetime
import json
import os
import re
import subprocess

FLAGS = ("avx2", "avx_vnni", "avx512bw", "avx512_vnni", "amx_int8", "asimddp", "i8mm")
TOO_SHORT = 0.05e-3  # seconds: a model that LiteRT runs faster is listed and not counted


class Machine:
    def __init__(self, build, corpus, python):
        self.build, self.corpus, self.python = build, corpus, python
        self.runner, self.tool = os.path.join(build, "bench", "nputwin_model_runner"), os.path.join(build, "nputwin")
        self.kernel_bench = os.path.join(build, "bench", "nputwin_kernel_bench")

    def model(self, name):
        return name if name.endswith(".tflite") else os.path.join(self.corpus, name + ".tflite")

    def models(self, names):
        return list(names) or sorted(name[:-len(".tflite")] for name in os.listdir(self.corpus) if name.endswith(".tflite"))

    def isas(self):
        """As `nputwin isas` lists them, the fastest first."""
        return json.loads(subprocess.run([self.tool, "isas", "--format", "json"], capture_output=True, text=True, check=True).stdout)

    def commit(self):
        told = subprocess.run([self.tool, "--version"], capture_output=True, text=True, check=True).stdout
        found = re.search(r"commit (\w+(?: with changes)?), (\w+), ([\w. ]+),", told)
        return "%s, %s" % (found[1], found[3]) if found else "unknown"

    def heading(self, **more):
        """What every section of a result begins with."""
        name, flags = processor()
        return {"processor": name, "flags": flags, "isa": self.isas()[0], "commit": self.commit(),
                "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"), "load": round(os.getloadavg()[0], 2), **more}


def processor():
    """(its name, those of FLAGS that it has)"""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        text = f.read()
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.M)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.M)
    return (name[1] if name else "unknown processor"), [flag for flag in FLAGS if flags and flag in flags[1].split()]
