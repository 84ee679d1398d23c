"""What is timed: processes that keep a model prepared and run it when asked, in turns."""
import os
import re
import statistics
import subprocess


class SideError(Exception):
    """A side that could not run the model: in one line."""


# A turn is disturbed where others had the processor in it for more than this share; it is repeated. Shorter turns cannot tell.
MOST_AWAY, LEAST_TURN, TURNS = 0.03, 1e-3, 4


class Side:
    """A process that answers as bench/model_runner.cc says, with one thread."""

    disturbed = 0  # turns that stayed disturbed

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
            told = [line for line in self.process.stderr.read().splitlines() if not re.match("INFO|WARNING|W0000|$", line)]
            status = self.process.wait()
            raise SideError("it was ended by signal %d" % -status if status < 0 else told[-1][:200] if told else "it ended with exit code %d" % status)
        return [int(number) for number in line.split()]

    def ask(self, word):
        try:
            self.process.stdin.write("%s\n" % word)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # answer() says why it ended
        return self.answer()

    def seconds(self, count):
        """Of a run, over `count` runs: of the least disturbed turn, where the first one is disturbed."""
        turns = []
        while len(turns) < TURNS:
            spent, worked = self.ask(count)
            turns.append((1 - worked / spent if spent >= LEAST_TURN * 1e9 else 0, spent))
            if turns[-1][0] <= MOST_AWAY:
                return spent / 1e9 / count
        self.disturbed += 1
        return min(turns)[1] / 1e9 / count

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
