"""What is timed: processes that keep a model prepared and run it when asked, in turns."""
import os
import statistics
import subprocess


class SideError(Exception):
    """A side that could not run the model: in one line."""


class Side:
    """A process that answers as bench/model_runner.cc says."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            self.prepared = self.answer()[0] / 1e9
        except SideError:
            self.close()
            raise

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            told = self.process.stderr.read().strip().splitlines()
            raise SideError(told[-1][:200] if told else "it ended with exit code %s" % self.process.wait())
        return [int(number) for number in line.split()]

    def ask(self, word):
        try:
            self.process.stdin.write("%s\n" % word)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # answer() says why it ended
        return self.answer()

    def seconds(self, count):
        """Of a run, over `count` runs."""
        return self.ask(count)[0] / 1e9 / count

    def kilobytes(self):
        """What the model has added to the process's peak so far."""
        before, now = self.ask("memory")
        return now - before

    def close(self):
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except BrokenPipeError:
                pass
        self.process.wait()


def twin(machine, model, profile, isa="auto", threads=1):
    return Side([machine.runner, model, profile, isa, str(threads)])


def litert(machine, model, mode, threads=1):
    return Side([machine.python, os.path.join(os.path.dirname(__file__), "litert_runner.py"), model, mode, str(threads)])


def in_turns(sides, rounds, turn):
    """{name: seconds of a run in each round}. In each round all `sides` have a turn of about `turn` seconds; who begins changes."""
    names = list(sides)
    counts = {}
    for name in names:
        sides[name].seconds(1)
        counts[name] = max(1, int(turn / max(sides[name].seconds(1), 1e-7)))
    times = {name: [] for name in names}
    for k in range(rounds):
        for name in names[k % len(names):] + names[:k % len(names)]:
            if counts[name] > 4:
                sides[name].seconds(1)  # the other sides' data have left the caches
            times[name].append(sides[name].seconds(counts[name]))
    return times


def ratio(slow, fast):
    """(median of one side's rounds over another's, its noise). The noise is relative: the standard error of the median of the rounds' own
    ratios, from their median deviation, which single disturbed rounds do not move."""
    value = statistics.median(slow) / statistics.median(fast)
    rounds = [a / b for a, b in zip(slow, fast)]
    middle = statistics.median(rounds)
    deviation = statistics.median(abs(r / middle - 1) for r in rounds)
    return value, 1.4826 * 1.2533 * deviation / len(rounds) ** 0.5


def closing(sides):
    for side in sides.values():
        side.close()
