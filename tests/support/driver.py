"""Questions to golden_driver.cc, which stays: starting the tool ten thousand times would be most of a test's time."""
import json
import os
import subprocess
import threading

from tool import ROOT

DRIVER = os.environ.get("NPUTWIN_GOLDEN_DRIVER", os.path.join(ROOT, "build", "release", "tests", "nputwin_golden_driver"))
_of_thread = threading.local()


def ask(*fields):
    """The driver's answer, as golden_driver.cc says; each thread has a driver of its own."""
    if not hasattr(_of_thread, "driver"):
        _of_thread.driver = subprocess.Popen([DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    driver = _of_thread.driver
    driver.stdin.write("\t".join(fields) + "\n")
    driver.stdin.flush()
    line = driver.stdout.readline()
    if not line:
        raise RuntimeError("%s ended with %d when asked %s" % (DRIVER, driver.wait(), " ".join(fields)))
    return json.loads(line)
