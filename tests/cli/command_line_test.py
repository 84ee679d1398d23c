#!/usr/bin/env python3
"""The command line as people use it: mistyped words, help at any width, names of boards, completions, man pages, signals."""
import glob
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import MODELS, NPUTWIN, ROOT, run

DIGITS = os.path.join(MODELS, "digits_embed20_i8.tflite")
SAMPLES = os.path.join(MODELS, "digits_int8.npy")
PAIR = ("--a", "tflite-2.9.1-arm64", "--b", "vip-v8")
with open(os.path.join(ROOT, "src", "command", "verbs.inc")) as commands:
    VERBS = re.findall(r"^NPUTWIN_VERB\((\w+)\)", commands.read(), re.M)


def in_columns(columns, *arguments):
    return run(*arguments, env=dict(os.environ, COLUMNS=str(columns)))


class MistypedWords(unittest.TestCase):
    def test_a_verb(self):
        code, out, err = run("dif", DIGITS, *PAIR)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("no verb is called 'dif' (did you mean 'diff'?)", err)
        self.assertIn("no verb is called 'lst' (did you mean 'list'?)", run("profiles", "lst")[2])

    def test_an_option(self):
        self.assertIn("there is no option '--fromat' (did you mean '--format'?)", run("diff", DIGITS, *PAIR, "--fromat=json")[2])

    def test_a_profile_gets_the_near_names_and_no_list_of_all(self):
        for mistyped, meant in (("vip-v9", "'vip-v8' or 'vip-v7'"), ("vipv8", "'vip-v8'"), ("imx8mp", "'imx8mp-npu' or 'imx8mp-cpu'"),
                                ("tflite-2.9.1", "'tflite-2.9.1-x86', 'tflite-2.9.1-arm64', ")):
            code, _, err = run("inspect", DIGITS, "-p", mistyped)
            self.assertEqual(code, 2)
            self.assertIn("no profile is called '%s' (did you mean %s" % (mistyped, meant), err)
            self.assertLess(len(err), 250)
        err = run("diff", DIGITS, "--a", "vip-v8", "--b", "last.npy", "-i", "noise:1")[2]
        self.assertLess(len(err), 250)

    def test_a_parameter_and_a_layer(self):
        self.assertIn("(did you mean 'multiplier_bits'?)", run("inspect", DIGITS, "-p", "vip-v8{multiplier_bit=16}")[2])
        err = run("run", DIGITS, "-p", "vip-v8", "-i", "ramp", "--until", "StatefulPartitionedCall_1:1")[2]
        self.assertIn("(did you mean 'StatefulPartitionedCall_1:0'?)", err)


class WordsForHelp(unittest.TestCase):
    def test_no_arguments_show_the_verbs(self):
        code, out, err = run()
        self.assertEqual((code, out), (2, ""))
        self.assertIn("\nVerbs:\n  inspect ", err)

    def test_help_and_version_as_words(self):
        self.assertEqual(run("help"), run("--help"))
        self.assertEqual(run("help", "diff"), run("diff", "--help"))
        self.assertEqual(run("help", "profiles", "show"), run("profiles", "show", "--help"))
        self.assertEqual(run("--help")[0], 0)
        for word in ("version", "-V"):
            self.assertEqual(run(word), run("--version"))
        self.assertRegex(run("--version")[1], r"^nputwin [\d.]+ \(.*commit.*, \w+, (GCC|Clang) [\d.]+, \S+ with \w+\)\n"
                         r"interface \d+; (\w[\w-]* [\d.]+(, |\n$))+")

    def test_help_fits_and_breaks_no_word(self):
        for verb in VERBS:
            words = re.sub(r"\s+", " ", in_columns(200, verb, "--help")[1])
            for columns in (60, 80, 120):
                text = in_columns(columns, verb, "--help")[1]
                for line in text.splitlines():
                    self.assertTrue(len(line) <= columns or len(line.split()) == 1 or line.startswith("  nputwin "), (verb, columns, line))
                self.assertEqual(re.sub(r"\s+", " ", text), words)

    def test_options_stand_under_headings(self):
        text = run("diff", "--help")[1]
        places = [text.index("\n%s:\n" % heading) for heading in ("Arguments", "Sides", "Input", "Output", "Machine", "General")]
        self.assertEqual(places, sorted(places))
        self.assertRegex(text, r"--a SIDE +The first side: a profile such as vip-v8, your runtime\s+\(runtime:PYTHON\), or tensors")


class Profiles(unittest.TestCase):
    NAMES = [p["name"] for p in json.loads(run("profiles", "--format", "json")[1])]

    def test_one_line_each_that_fits(self):
        for columns in (80, 120, 200):
            code, out, _ = in_columns(columns, "profiles")
            self.assertEqual(code, 0)
            self.assertLessEqual(max(len(line) for line in out.splitlines() if not line.startswith("`")), columns)
            listed = re.findall(r"^  (\S+)  ", out.split("By what you have")[0], re.M)
            self.assertEqual(listed, self.NAMES)
            self.assertLess(len(out.splitlines()), len(self.NAMES) + 40)
        self.assertRegex(out, r"\n  vip-v8 +evidence\* +VeriSilicon VIP8000NanoSi\+ \(i\.MX 8M Plus NPU")
        self.assertEqual(run("profiles", "list"), run("profiles"))

    def test_a_board_s_name_is_a_profile_everywhere(self):
        code, out, _ = run("run", DIGITS, "-p", "imx8mp-npu", "-i", "noise:1", "--format", "json")
        self.assertEqual((code, json.loads(out)["profile"]), (0, "vip-v8"))
        self.assertEqual(out, run("run", DIGITS, "-p", "vip-v8", "-i", "noise:1", "--format", "json")[1])
        sides = ("diff", DIGITS, "-i", "noise:1", "--format", "json", "--a", "tflite-2.9.1-arm64", "--b")
        self.assertEqual(json.loads(run(*sides, "vx(imx8mp-npu)+tflite-2.9.1-arm64")[1])["b"], "vx(vip-v8)+tflite-2.9.1-arm64")
        self.assertIn("vip-v7\n", run("profiles", "show", "a311d-npu")[1])

    def test_a_board_s_cpu_asks_which_build(self):
        code, _, err = run("diff", DIGITS, "--a", "imx8mp-cpu", "--b", "vip-v8", "-i", "noise:1")
        self.assertEqual(code, 2)
        for line in (r"  tflite-2.9.1-arm64 +tflite-runtime 2.9.1", r"  tflite-2.14-arm64-ruy +TensorFlow Lite 2.14.1 built by CMake with ruy"):
            self.assertRegex(err, line)
        self.assertIn("selfcheck MODEL --runtime PYTHON", err)

    def test_a_chip_without_a_profile_is_told_of_captures(self):
        for name in ("edge-tpu", "imx95-npu", "rk3588-npu", "hailo-8"):
            code, _, err = run("inspect", DIGITS, "-p", name)
            self.assertEqual(code, 2)
            self.assertRegex(err, "no profile is known for '%s', .*: give what it computed as a capture" % name)
            self.assertIn("  %s " % name, run("profiles")[1])


class Inspect(unittest.TestCase):
    def test_what_cannot_run_is_a_failure(self):
        self.assertEqual(run("inspect", DIGITS, "-p", "vip-v8")[0], 0)
        no_layer = os.path.join(os.path.dirname(__file__), "..", "vectors", "directed", "abs_i8.tflite")
        code, out, _ = run("inspect", no_layer, "-p", "k210")
        self.assertEqual(code, 2)
        self.assertIn("NOT SUPPORTED", out)
        self.assertIn("ops` lists the ops that are", out)

    def test_names_leave_room_for_the_rest(self):
        for columns in (80, 120):
            for line in in_columns(columns, "inspect", DIGITS, "-p", "vip-v8")[1].splitlines():
                if line.startswith(("    in ", "    out ", "input ", "output ")):
                    self.assertLessEqual(len(line), columns, line)


class Explain(unittest.TestCase):
    SIDES = (DIGITS, *PAIR, "-i", SAMPLES)

    def test_takes_the_first_difference_by_default(self):
        code, out, _ = run("explain", *self.SIDES, "--format", "json")
        explained = json.loads(out)
        self.assertEqual((code, explained["op"], explained["cause"]), (1, 0, "second rounding"))
        self.assertNotEqual(explained["a"]["code"], explained["b"]["code"])
        of_layer = json.loads(run("explain", *self.SIDES, "--layer", "3", "--format", "json")[1])
        self.assertEqual(of_layer["op"], 3)

    def test_says_that_a_difference_comes_from_above(self):
        """The last layer alone is the same on both sides; the model's output is not."""
        code, out, _ = run("explain", *self.SIDES, "--layer", "19", "--format", "json")
        explained = json.loads(out)
        self.assertEqual(code, 1)
        self.assertEqual(explained["a"]["code"], explained["b"]["code"])
        self.assertNotEqual(explained["a"]["end_to_end"], explained["b"]["end_to_end"])
        above, = explained["above"]
        self.assertEqual((above["op"], above["all"]), (18, len(explained["products"])))
        self.assertTrue(0 < above["differing"] <= above["all"])
        text = run("explain", *self.SIDES, "--layer", "19")[1]
        self.assertIn("the difference comes from above:\n  op 18 CONV_2D: %d of the %d values that count here differ" % (above["differing"], above["all"]), text)
        self.assertNotIn("A and B agree on this element", text)

    def test_without_a_second_side_the_first_element(self):
        self.assertEqual(json.loads(run("explain", DIGITS, "-p", "vip-v8", "-i", "noise:1", "--layer", "2", "--format", "json")[1])["index"], [0, 0, 0, 0])
        self.assertIn("--layer", run("explain", DIGITS, "-p", "vip-v8", "-i", "noise:1")[2])


class Talk(unittest.TestCase):
    def test_quiet_and_verbose(self):
        self.assertEqual(run("diff", DIGITS, *PAIR, "-i", "noise:1", "-q")[2], "")
        _, out, err = run("diff", DIGITS, *PAIR, "-i", "noise:1", "-v")
        self.assertEqual(out, run("diff", DIGITS, *PAIR, "-i", "noise:1")[1])
        self.assertRegex(err, r"nputwin .*\ndiff took [\d.]+ s and \d+ MiB of memory\n")

    def test_a_long_name_is_shortened_for_people_alone(self):
        name = "a/" * 120 + "end"
        for line in run("run", DIGITS, "-p", "vip-v8", "-i", "ramp", "--until", name)[2].splitlines():
            self.assertLess(len(line), 250)
            self.assertNotIn(name, line)

    def stopped(self, verb, *arguments):
        """What a verb says on a terminal in two seconds, and what it ends with on SIGTERM."""
        terminal, end = pty.openpty()
        with subprocess.Popen([NPUTWIN, verb, DIGITS, *PAIR, "-i", "noise:1..1000000", *arguments], stdout=subprocess.PIPE, stderr=end, text=True) as process:
            os.close(end)
            time.sleep(2.5)
            process.send_signal(signal.SIGTERM)
            out = process.communicate(timeout=60)[0]
        said = b""
        try:
            while part := os.read(terminal, 65536):
                said += part
        except OSError:  # its other end is closed
            pass
        os.close(terminal)
        return process.returncode, out, said.decode()

    def test_sigterm_keeps_what_was_found_and_progress_names_the_verb_and_the_time(self):
        code, out, said = self.stopped("diff")
        self.assertEqual(code, 2)
        self.assertIn("causes of the ", out)
        self.assertRegex(said, r"interrupted: the result is of \d+ samples?")
        self.assertRegex(said, r"diff: \d+ of \d+ ops, \d+ (s|min|h) left")
        with tempfile.TemporaryDirectory() as folder:
            for verb, output in (("report", os.path.join(folder, "r.html")), ("bisect", folder)):
                limit = ("--first", "largest>=250") if verb == "bisect" else ()
                self.assertRegex(self.stopped(verb, "-o", output, *limit)[2], r"%s: \d+ of \d+ ops, \d+ (s|min|h) left" % verb)


class Completions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        assert run("documents", cls.folder.name)[0] == 0

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def bash(self, *words):
        """What bash offers for the last word."""
        script = "source %s/bash-completion/completions/nputwin; COMP_WORDS=(%s); COMP_CWORD=%d; _nputwin; printf '%%s\\n' \"${COMPREPLY[@]}\"" % (
            self.folder.name, " ".join("'%s'" % w for w in ("nputwin", *words)), len(words))
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=MODELS, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_verbs_options_and_values(self):
        self.assertEqual(self.bash("di"), ["diff"])
        self.assertEqual(self.bash("profiles", "sh"), ["show"])
        self.assertEqual(self.bash("diff", "--samp"), ["--samples"])
        self.assertEqual(self.bash("diff", "digits_embed20_i8.tflite", "--a", "vip-"), ["vip-v8", "vip-v7"])
        self.assertEqual(self.bash("run", "-p", "imx8"), ["imx8mp-npu"])
        self.assertEqual(self.bash("diff", "--format", "c"), ["csv"])
        self.assertEqual(self.bash("diff", "--format", "=", "j"), ["json"])
        self.assertEqual(self.bash("inspect", "digits_embed20_i"), ["digits_embed20_i8.tflite"])
        self.assertIn("digits_int8.npy", self.bash("diff", "x", "-i", "digits_i"))
        self.assertEqual(self.bash("profiles", "show", "k2"), ["k210"])
        self.assertNotIn("documents", self.bash(""))
        with open(os.path.join(self.folder.name, "bash-completion", "completions", "nputwin")) as installed:
            self.assertEqual(run("completion", "bash")[1], installed.read())

    def test_zsh_reads_its_own(self):
        if not shutil.which("zsh"):
            self.skipTest("there is no zsh")
        path = os.path.join(self.folder.name, "zsh", "site-functions", "_nputwin")
        done = subprocess.run(["zsh", "-n", path], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_fish_completes(self):
        if not shutil.which("fish"):
            self.skipTest("there is no fish")
        path = os.path.join(self.folder.name, "fish", "vendor_completions.d", "nputwin.fish")
        def offers(line):
            done = subprocess.run(["fish", "--no-config", "-c", "source %s; complete -C '%s'" % (path, line)], capture_output=True, text=True,
                                  cwd=MODELS, env=dict(os.environ, HOME=self.folder.name))
            self.assertEqual(done.stderr, "")
            return [offered.split("\t")[0] for offered in done.stdout.splitlines()]
        self.assertIn("diff", offers("nputwin di"))
        self.assertIn("show", offers("nputwin profiles s"))
        self.assertIn("vip-v8", offers("nputwin diff m --a vip"))
        self.assertEqual(offers("nputwin diff m --format c"), ["csv"])
        self.assertIn("--samples", offers("nputwin diff --sam"))

    def test_man_pages_are_plain_to_groff(self):
        pages = glob.glob(os.path.join(self.folder.name, "man", "man1", "*.1"))
        self.assertEqual(len(pages), len(VERBS) + 1)
        if not shutil.which("groff"):
            self.skipTest("there is no groff")
        for page in pages:
            done = subprocess.run(["groff", "-man", "-Tascii", "-ww", page], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)
            self.assertIn("SYNOPSIS", re.sub("\x1b\\[[\\d;]*m|.\b", "", done.stdout))


if __name__ == "__main__":
    unittest.main()
