"""Real runtimes that answer one model after another, whatever becomes of them on the way."""
import json
import os
import select
import subprocess

ENDS = "the process ends with"
TIMEOUT = 120  # seconds for one model, and for the start of an emulated process


class Runtime:
    """`python` runs run.py of `tools`. A process that ends or hangs is started again; its model then has that as its answer."""

    def __init__(self, python, tools):
        self.command = [python, os.path.join(tools, "run.py"), "-"]
        self.process = None

    def run(self, model, inputs, mode, out=None):
        """{"tensors": {index: hash}} or {"error": why}. Where the process ends, an earlier model may have spoilt its memory: asked again."""
        told = self._ask(model, inputs, mode, out)
        return self._ask(model, inputs, mode, out) if told.get("error", "").startswith(ENDS) else told

    def _ask(self, model, inputs, mode, out):
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            self.process.stdin.write((json.dumps([model, inputs, mode] + ([out] if out else [])) + "\n").encode())
            self.process.stdin.flush()
            return self._answer()
        except BrokenPipeError:
            return self._ended()

    def _answer(self):
        while select.select([self.process.stdout], [], [], TIMEOUT)[0]:
            line = self.process.stdout.readline().decode(errors="replace")  # one line a model is in the pipe at a time
            if not line:
                return self._ended()
            if line.startswith("RESULT "):
                return json.loads(line[len("RESULT "):])
        self.process.kill()
        self._ended()
        return {"error": "takes longer than %d s" % TIMEOUT}

    def _ended(self):
        code = self.process.wait()
        self.process = None
        return {"error": "%s %d" % (ENDS, code)}

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
            self.process = None
