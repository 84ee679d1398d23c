#!/usr/bin/env python3
"""Gates: --fail-if and several --output of diff and report, JUnit, the head of the JSON document, docs/how-to/ci.md."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import folder
from tool import MODELS, NPUTWIN, ROOT, model, run

DIGITS = os.path.join(MODELS, "digits_int8.npy")
PAIR = ["--a", "tflite-2.9.1-arm64", "--b", "vip-v8"]
EMBED = [model("digits_embed20_i8"), *PAIR, "-i", DIGITS]
CONV = [model("conv_3x3_same_i8"), *PAIR, "-i", "noise:1"]


class Folder(folder.Folder):
    def json(self, name):
        return json.loads(self.text(name))


class Conditions(Folder):
    def both(self, comparison, *options):
        """What diff and report say alike: (exit code, lines about conditions, stderr)."""
        answers = []
        for command in (["diff", *comparison], ["report", *comparison, "-o", self.path("r.md")]):
            code, out, err = run(*command, *options)
            answers.append((code, [line for line in out.splitlines() if line.startswith(("failed: ", "passed: "))], err))
        self.assertEqual(*answers)
        return answers[0]

    def test_a_number_that_is_never_reached_is_refused(self):
        """'mismatch>1' and 'mismatch>5' passed although 53 % of the values differed: a gate that cannot fail."""
        for condition in ("mismatch>1", "mismatch>5"):
            code, lines, err = self.both(EMBED, "--fail-if", condition)
            self.assertEqual((code, lines), (2, []))
            self.assertEqual(err, "nputwin: --fail-if: '%s': mismatch is a share from 0 to 1: '%s' can never hold; did you mean '%s%%'?\n"
                             % (condition, condition[len("mismatch"):], condition))

    def test_diff_and_report_fail_alike(self):
        """diff had no --fail-if, blanks and mse were refused, and only accumulated figures of all layers could be bounded."""
        layers = json.loads(run("diff", *EMBED, "--format", "json")[1])["layers"]
        for condition, place, key, limit in (
                ("mismatch > 0.1 %", "accumulated", "mismatch_percent", 0.1), ("isolated:mismatch>0.1%", "isolated", "mismatch_percent", 0.1),
                ("isolated: mismatch > 0.2 %", "isolated", "mismatch_percent", 0.2), ("rmse>0.5", "accumulated", "rmse", 0.5),
                ("mse>0.25", "accumulated", "rmse", 0.5), ("largest>=8", "accumulated", "largest", 7.5)):
            beyond = ["op %d CONV_2D" % l["op"] for l in layers if l[place][key] > limit]
            code, lines, err = self.both(EMBED, "--fail-if", condition)
            self.assertEqual((code, err), (1 if beyond else 0, ""), condition)
            self.assertEqual([re.search(r": (op \d+ CONV_2D) '", l)[1] for l in lines if l.startswith("failed: " + condition)], beyond)
            self.assertEqual(len(lines), max(len(beyond), 1), lines)

    def test_a_layer(self):
        layers = json.loads(run("diff", *EMBED, "--format", "json")[1])["layers"]
        name = layers[12]["name"]
        for which in ("12", "'%s'" % name, '"%s"' % name):
            for limit, code in ((3, 1), (4, 0)):
                got, lines, _ = self.both(EMBED, "--fail-if", "layer:%s:largest>%d" % (which, limit))
                self.assertEqual((got, len(lines)), (code, 1))
                self.assertIn("op 12 CONV_2D 'functional", lines[0])
                self.assertTrue(lines[0].endswith("largest %d" % layers[12]["accumulated"]["largest"]), lines[0])
        self.assertEqual(self.both(EMBED, "--fail-if", "isolated:layer:12:largest>1")[0], 0)

    def test_outputs(self):
        """A model's output could not be bounded, nor what its scores mean."""
        name = "StatefulPartitionedCall_1:0"
        for which in ("", "'%s':" % name):
            for limit, code in ("0.999", 0), ("0.9995", 1):
                got, lines, _ = self.both(EMBED, "--fail-if", "output:%scosine<%s" % (which, limit))
                self.assertEqual((got, len(lines)), (code, 1))
                self.assertIn("output '%s': cosine 0.99922" % name, lines[0])
        classes = ["--output-kind", name + "=classes"]
        output, = json.loads(run("diff", *EMBED, *classes, "--format", "json")[1])["outputs"]
        rows, top1 = output["agreement"]["rows"], output["agreement"]["top1"]
        self.assertTrue(0 < top1 < rows)
        for percent, code in (100 * top1 / rows - 1, 0), (100 * top1 / rows + 1, 1):
            got, lines, _ = self.both(EMBED, *classes, "--fail-if", "output: top1 < %g %%" % percent)
            self.assertEqual((got, len(lines)), (code, 1))
            self.assertTrue(lines[0].endswith("top1 %.6g %%" % (100 * top1 / rows)), lines[0])
        code, _, err = self.both(EMBED, "--fail-if", "output:top1<99%")
        self.assertEqual(code, 2)
        self.assertIn("--output-kind '%s=classes' says so" % name, err)

    def test_places_have_short_names(self):
        """A line of --fail-if had the whole name of 250 characters."""
        for line in self.both(EMBED, "--fail-if", "mismatch>10%")[1]:
            self.assertLess(len(line), 120)

    def test_mistakes_are_told_before_the_work(self):
        for condition, told in (("layer:20:largest>2", "there is no op 20"), ("layer:'StatefulPartitionedCall_1':largest>2", "did you mean 'StatefulPartitionedCall_1:0'?"),
                                ("output:'Statefulpartitionedcall_1:0':largest>2", "did you mean 'StatefulPartitionedCall_1:0'?"),
                                ("mismach>1%", "did you mean 'mismatch'?"), ("alone:mismatch>1%", "there are: isolated, layer, output"),
                                ("largest>2%", "largest is no share"), ("cosine<-1", "can never hold"), ("cosine<=1", "always holds")):
            code, lines, err = self.both([model("digits_embed20_i8"), *PAIR, "-i", "noise:1..100000"], "--fail-if", condition)
            self.assertEqual((code, lines), (2, []))
            self.assertIn(told, err)

    def test_a_condition_that_looks_at_nothing_is_an_error(self):
        """The result is printed and written all the same."""
        capture = self.path("all.npz")
        self.assertEqual(run("run", CONV[0], "-p", "vip-v8", "-i", "noise:1", "--all", "-o", capture)[0], 0)
        two = [CONV[0], "--a", capture, "--b", capture]
        code, out, err = run("diff", *two, "-o", self.path("r.md"), "--fail-if", "isolated:mismatch>0")
        self.assertEqual(code, 2)
        self.assertIn("no difference in 1 layer", out)
        self.assertIn("a gate that cannot fail is none: there are no isolated figures", err)
        self.assertTrue(os.path.exists(self.path("r.md")))

    def test_exit_codes(self):
        """`report` ended with 1 where a page was written, so that `set -e` stopped: nothing said write, and exit with 0."""
        self.assertEqual(self.both(CONV)[0], 1)
        self.assertEqual(self.both(CONV, "--exit-zero")[0], 0)
        self.assertEqual(self.both(CONV, "--fail-if", "mismatch>99%")[0], 0)
        code, lines, _ = self.both(CONV, "--fail-if", "mismatch>0", "--exit-zero")
        self.assertEqual((code, lines[0][:7]), (0, "failed:"))
        self.assertEqual(self.both(CONV, "--fail-if", "layer:7:mismatch>0", "--exit-zero")[0], 2)

    def test_a_document_on_stdout_stays_one(self):
        code, out, err = run("diff", *CONV, "--format", "json", "--fail-if", "mismatch>0")
        self.assertEqual(code, 1)
        self.assertEqual(len(json.loads(out)["layers"]), 1)
        self.assertTrue(err.startswith("failed: mismatch>0: op 0 CONV_2D"), err)

    def test_bisect_takes_no_scope(self):
        code, out, err = run("bisect", *CONV, "-o", self.path("part"), "--first", "layer:0:mismatch>0")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("expected a limit without a scope", err)
        self.assertEqual(run("bisect", *CONV, "-o", self.path("part"), "--first", "mismatch > 0 %")[0], 1)


class Outputs(Folder):
    def test_one_run_writes_page_junit_and_json(self):
        """A page, JUnit and JSON were three runs of the comparison."""
        for verb in ("report", "diff"):
            outputs = [self.path(verb + "." + ending) for ending in ("html", "xml", "json", "csv", "md")]
            self.assertEqual(run(verb, *EMBED, *(x for o in outputs for x in ("-o", o)))[0], 1)
            starts = ["<!doctype html>", "<?xml ", "{", "op,type,", "# "]
            for output, start in zip(outputs, starts):
                with open(output) as f:
                    self.assertTrue(f.read().lower().startswith(start), output)

    def test_all_of_them_or_none(self):
        page = self.path("r.html")
        for options in (["-o", page, "-o", self.path("r.what")], ["-o", page, "-o", page], ["-o", page, "-o", self.path("r.csv"), "--format", "junit"]):
            self.assertEqual(run("report", *CONV, *options)[0], 2)
            self.assertEqual(os.listdir(self.folder), [])
        self.assertEqual(run("report", *CONV, "-o", page, "-o", self.path("overlay"), "--format", "model-explorer")[0], 1)
        self.assertEqual(sorted(os.listdir(self.folder)), ["overlay", "r.html"])


class JUnit(Folder):
    def elements(self, text):
        """What the schema of Jenkins and GitLab's reader ask for: which elements, in which order, with which attributes."""
        root = xml.etree.ElementTree.fromstring(text)
        self.assertEqual((root.tag, [c.tag for c in root]), ("testsuites", ["testsuite"] * len(root)))
        for suite in root:
            self.assertEqual(set(suite.attrib), {"name", "tests", "failures", "errors", "time", "timestamp"})
            self.assertRegex(suite.get("timestamp"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
            self.assertEqual([c.tag for c in suite], ["properties"] + ["testcase"] * (len(suite) - 1))
            for each in suite[0]:
                self.assertEqual((each.tag, set(each.attrib), len(each)), ("property", {"name", "value"}, 0))
            cases = suite.findall("testcase")
            for case in cases:
                self.assertEqual(set(case.attrib), {"classname", "name", "time"})
                self.assertIn([c.tag for c in case], ([], ["failure"], ["failure", "system-out"], ["error"]))
                for each in case.findall("failure") + case.findall("error"):
                    self.assertEqual(set(each.attrib), {"message", "type"})
            self.assertEqual(len({(c.get("classname"), c.get("name")) for c in cases}), len(cases))
            self.assertEqual([int(suite.get(k)) for k in ("tests", "failures", "errors")], [len(cases), len(suite.findall(".//failure")), len(suite.findall(".//error"))])
            self.assertAlmostEqual(float(suite.get("time")), sum(float(c.get("time")) for c in cases), places=4)
        for key in ("tests", "failures", "errors"):
            self.assertEqual(int(root.get(key)), sum(int(s.get(key)) for s in root))
        return {suite.get("name"): suite for suite in root}

    def write(self, *options, comparison=tuple(EMBED)):
        run("report", *comparison, "-o", self.path("r.xml"), *options)
        return self.elements(self.text("r.xml"))

    def test_cases_have_times_properties_and_what_to_do(self):
        """It had neither time nor properties nor system-out, and names of 250 characters."""
        suites = self.write("--fail-if", "mismatch>30%", "--fail-if", "cosine<0.5")
        layers = suites["layers"].findall("testcase")
        self.assertEqual(len(layers), 20)
        self.assertTrue(all(float(c.get("time")) > 0 for c in layers))
        self.assertTrue(all(len(c.get("name")) < 90 for c in layers))
        names = [l["name"] for l in json.loads(run("diff", *EMBED, "--format", "json")[1])["layers"]]
        self.assertEqual([c.get("classname") for c in layers], names)
        properties = {p.get("name"): p.get("value") for p in suites["layers"].find("properties")}
        with open(EMBED[0], "rb") as f:
            self.assertEqual(properties["model.sha256"], hashlib.sha256(f.read()).hexdigest())
        self.assertEqual([properties[k] for k in ("model", "A", "B", "samples", "input")], [EMBED[0], "tflite-2.9.1-arm64", "vip-v8", "40", DIGITS])
        self.assertIn("nputwin report ", properties["command"])
        self.assertEqual([int(c.get("name").split()[1]) for c in layers if len(c)], list(range(14, 20)))
        explain = layers[14].find("system-out").text
        self.assertIn(" --layer 14 ", explain)
        self.assertEqual([(c.get("name"), len(c)) for c in suites["conditions"].findall("testcase")], [("mismatch>30%", 1), ("cosine<0.5", 0)])
        self.assertEqual(suites["conditions"].find(".//failure").text.count("\n"), 6)

    def test_without_conditions_what_differs_fails(self):
        suites = self.write()
        self.assertNotIn("conditions", suites)
        self.assertEqual(suites["layers"].get("failures"), "20")
        self.assertEqual(self.write(comparison=[EMBED[0], "--a", "vip-v8", *EMBED[3:]])["layers"].get("failures"), "0")

    def test_a_condition_that_looks_at_nothing_is_an_error(self):
        capture = self.path("all.npz")
        run("run", CONV[0], "-p", "vip-v8", "-i", "noise:1", "--all", "-o", capture)
        suites = self.write("--fail-if", "isolated:mismatch>0", comparison=[CONV[0], "--a", capture, "--b", capture])
        self.assertEqual(suites["conditions"].get("errors"), "1")


class Document(Folder):
    def test_it_says_what_it_is_of(self):
        """The JSON had no tool version, command, input, model hash or schema version."""
        document = json.loads(run("diff", *EMBED, "--format", "json")[1])
        with open(EMBED[0], "rb") as f:
            self.assertEqual(document["model_sha256"], hashlib.sha256(f.read()).hexdigest())
        with open(DIGITS, "rb") as f:
            self.assertEqual(document["inputs"], [{"source": DIGITS, "sha256": hashlib.sha256(f.read()).hexdigest()}])
        self.assertEqual(document["schema_version"], 1)
        self.assertIn(document["nputwin"], run("--version")[1])
        self.assertEqual(document["profile_b_sha256"], hashlib.sha256(run("profiles", "show", "vip-v8", "--format", "json")[1].encode()).hexdigest())
        self.assertEqual(document["sample_ranges"], [[0, 40]])
        self.assertEqual(json.loads(run("diff", *CONV, "--format", "json")[1])["inputs"], [{"source": "noise:1"}])

    def test_equal_comparisons_give_equal_documents(self):
        diff = [run("diff", *EMBED, "--format", "json")[1] for _ in range(2)]
        self.assertEqual(*diff)
        run("report", *EMBED, "-o", self.path("r.json"))
        written, printed = self.json("r.json"), json.loads(diff[0])
        self.assertIn("nputwin report ", written.pop("command"))
        command = "nputwin diff %s --a tflite-2.9.1-arm64 --b vip-v8 --input %s --format json" % (EMBED[0], DIGITS)
        self.assertTrue(printed.pop("command").endswith(command))
        self.assertEqual(written, printed)

    def test_merged_parts_give_the_same_document(self):
        whole = json.loads(run("diff", *EMBED, "--format", "json")[1])
        parts = []
        for samples in ("0:7", "7:40"):
            parts.append(self.path(samples.replace(":", "-") + ".json"))
            run("diff", *EMBED, "--samples", samples, "--partial", parts[-1])
        merged = json.loads(run("merge", *parts, "--format", "json")[1])
        del whole["command"]
        self.assertEqual(merged.pop("advice"), [])  # it rests on the first sample
        self.assertEqual(len(whole.pop("advice")), 1)
        self.assertIsNone(merged.pop("usual"))  # what was expected does not add up to the last bit
        self.assertIsNotNone(whole.pop("usual"))
        for layer in whole["layers"]:
            del layer["expected_mismatches"]
        self.assertEqual(merged, whole)

    def test_parts_of_other_inputs_are_refused(self):
        other = self.path("digits.npy")
        shutil.copy(DIGITS, other)
        run("diff", *EMBED[:-1], other, "--samples", "0:7", "--partial", self.path("a.json"))
        with open(other, "r+b") as f:
            f.seek(-1, os.SEEK_END)
            f.write(b"\x55")
        run("diff", *EMBED[:-1], other, "--samples", "7:40", "--partial", self.path("b.json"))
        code, out, err = run("merge", self.path("a.json"), self.path("b.json"))
        self.assertEqual((code, out), (2, ""))
        self.assertIn("input_files is ", err)


def yaml_commands(text):
    """The commands of `run:` and `script:` in a YAML snippet, whose strings are plain, folded (>-) or literal (|)."""
    commands, lines = [], text.splitlines()
    for i, line in enumerate(lines):
        found = re.match(r"^( *)(?:- )?(run|script): *(.*)$", line)
        if not found:
            continue
        indent = len(found[1])
        block = []
        for following in lines[i + 1:]:
            if following.strip() and len(following) - len(following.lstrip()) <= indent + (2 if line.lstrip().startswith("- ") else 0):
                break
            block.append(following.strip())
        if found[2] == "script":
            commands += [entry[2:] for entry in block if entry.startswith("- ")]
        elif found[3] in (">-", ">"):
            commands.append(" ".join(block).strip())
        elif found[3] == "|":
            commands += [entry for entry in block if entry]
        else:
            commands.append(found[3])
    return commands


class Guide(Folder):
    def test_snippets_run(self):
        """Every command of docs/how-to/ci.md, those for GitHub and GitLab included, in the order of the page."""
        with open(os.path.join(ROOT, "docs", "how-to", "ci.md")) as f:
            blocks = re.findall(r"^```(sh|yaml)\n(.*?)^```", f.read(), re.S | re.M)
        self.assertEqual([kind for kind, _ in blocks].count("yaml"), 2)
        os.symlink(MODELS, self.path("models"))
        os.makedirs(self.path("bin"))
        os.symlink(os.path.abspath(NPUTWIN), self.path("bin/nputwin"))
        environment = {**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"]}
        for kind, block in blocks:
            commands = yaml_commands(block) if kind == "yaml" else [line.replace("build/release/", "") for line in block.splitlines() if "build/release/nputwin" in line]
            if kind == "yaml":
                self.assertTrue(any(c.startswith("nputwin ") for c in commands), block)
                self.same_as_a_yaml_reader(block, commands)
                shutil.rmtree(self.path("out"), ignore_errors=True)
            for command in commands:
                done = subprocess.run(["bash", "-e", "-c", command], cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
                self.assertIn(done.returncode, (0,) if kind == "yaml" else (0, 1), command + done.stdout + done.stderr)
            if kind == "yaml":
                self.assertEqual(sorted(os.listdir(self.path("out"))), ["junit.xml", "report.html", "result.json"])

    def same_as_a_yaml_reader(self, block, commands):
        try:
            import yaml
        except ImportError:
            return
        def all_of(node):
            if isinstance(node, list):
                return [c for entry in node for c in all_of(entry)]
            if not isinstance(node, dict):
                return []
            return [c for key, value in node.items() for c in (value if key == "script" else [value] if key == "run" else all_of(value))]
        self.assertEqual([line for c in all_of(yaml.safe_load(block)) for line in c.splitlines()], commands)


if __name__ == "__main__":
    unittest.main()
