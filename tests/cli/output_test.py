#!/usr/bin/env python3
"""Where output goes: files whole, links followed, devices and pipes written through, - is stdout. Nothing that is no file is replaced."""
import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tool import NPUTWIN, model, run

MODEL = model("conv_3x3_same_i8")
RUN = ["run", MODEL, "-p", "vip-v8", "-i", "ramp"]
PAIR = [MODEL, "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", "ramp"]
REPORT = ["report", *PAIR, "--format", "markdown"]
TITLE = "# "


def run_to(stdout, *arguments):
    """Runs nputwin with that file as its stdout; gives (exit code, stderr)."""
    done = subprocess.run([NPUTWIN, *arguments], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    return done.returncode, done.stderr


class InFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def path(self, name, content=None):
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "w") as f:
                f.write(content)
        return path

    def content(self, name):
        with open(self.path(name)) as f:
            return f.read()

    def report(self, path):
        """Writes a report to that path, which must succeed: the two sides differ."""
        code, out, err = run(*REPORT, "-o", path)
        self.assertEqual((code, out, err), (1, "", ""), path)


class Links(InFolder):
    """A link was replaced by a file, and its target stayed old."""

    def test_the_target_of_a_link_is_replaced(self):
        target = self.path("target.md", "old")
        os.makedirs(self.path("links"))
        os.symlink("../target.md", self.path("links/near.md"))
        os.symlink(self.path("links/near.md"), self.path("far.md"))  # a link to a link
        self.report(self.path("far.md"))
        self.assertTrue(os.path.islink(self.path("far.md")) and os.path.islink(self.path("links/near.md")))
        self.assertFalse(os.path.islink(target))
        self.assertTrue(self.content("target.md").startswith(TITLE))
        self.assertEqual(sorted(os.listdir(self.folder)), ["far.md", "links", "target.md"])
        self.assertEqual(os.listdir(self.path("links")), ["near.md"])

    def test_a_link_that_leads_nowhere_makes_its_target(self):
        os.symlink("new.md", self.path("link.md"))
        self.report(self.path("link.md"))
        self.assertTrue(os.path.islink(self.path("link.md")))
        self.assertTrue(self.content("new.md").startswith(TITLE))

    def test_links_in_a_circle_are_an_error(self):
        os.symlink("b.md", self.path("a.md"))
        os.symlink("a.md", self.path("b.md"))
        code, out, err = run(*REPORT, "-o", self.path("a.md"))
        self.assertEqual((code, out), (2, ""))
        self.assertIn("a.md: cannot write: Too many levels of symbolic links", err)
        self.assertTrue(os.path.islink(self.path("a.md")))


class NoFiles(InFolder):
    """A pipe and a device became regular files."""

    def through_fifo(self, path, *arguments):
        os.mkfifo(path)
        got = []

        def read():
            with open(path, "rb") as f:
                got.append(f.read())
        reader = threading.Thread(target=read)
        reader.start()
        code, _, err = run(*arguments)
        reader.join(60)
        self.assertTrue(stat.S_ISFIFO(os.stat(path).st_mode))
        return code, err, got[0]

    def test_a_pipe_is_written_through(self):
        code, err, got = self.through_fifo(self.path("pipe.md"), *REPORT, "-o", self.path("pipe.md"))
        self.assertEqual((code, err), (1, ""))
        self.assertTrue(got.decode().startswith(TITLE))

    def test_every_option_that_writes_a_file(self):
        for name, arguments in (("o.npz", [*RUN, "-o"]), ("h.json", [*RUN, "--hashes"]), ("p.json", ["diff", *PAIR, "--partial"])):
            code, err, got = self.through_fifo(self.path(name), *arguments, self.path(name))
            self.assertIn(code, (0, 1), err)
            self.assertTrue(got, name)
        cut = self.path("cut")
        os.makedirs(cut)
        code, err, got = self.through_fifo(os.path.join(cut, "layer_000_CONV_2D.tflite"), "cut", MODEL, "--layer", "0", "-o", cut)
        self.assertEqual((code, got[4:8]), (0, b"TFL3"), err)

    def device(self, name):
        """/dev/NAME; root, who could lose it to a fault, gets a device of his own."""
        path = "/dev/" + name
        if os.geteuid() == 0:
            try:
                os.mknod(self.path(name), stat.S_IFCHR | 0o666, os.stat(path).st_rdev)
                os.close(os.open(self.path(name), os.O_WRONLY))
            except OSError as e:
                self.skipTest("no device can be made here: %s" % e)
            path = self.path(name)
        return path

    def test_a_full_device_is_an_error_and_stays_a_device(self):
        full = self.device("full")
        for arguments in ([*RUN, "-o"], [*RUN, "--hashes"], [*REPORT, "-o"]):
            code, out, err = run(*arguments, full)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertIn("full: cannot write: No space left on device", err)
            self.assertTrue(stat.S_ISCHR(os.stat(full).st_mode))

    def test_the_null_device(self):
        null = self.device("null")
        self.report(null)
        self.assertTrue(stat.S_ISCHR(os.stat(null).st_mode))

    def test_a_socket_is_not_replaced(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("socket"))
            code, _, err = run(*REPORT, "-o", self.path("socket"))
            self.assertEqual(code, 2)
            self.assertIn("socket: cannot open: ", err)
            self.assertTrue(stat.S_ISSOCK(os.stat(self.path("socket")).st_mode))

    def test_process_substitution(self):
        done = subprocess.run(["bash", "-c", '"$0" "$@" -o >(cat >"$COPY"; echo done >&2)', NPUTWIN, *REPORT], capture_output=True,
                              text=True, timeout=300, env={**os.environ, "COPY": self.path("copy.md")}, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertEqual((done.stdout, done.stderr), ("", "done\n"))  # which waits for cat
        self.assertTrue(self.content("copy.md").startswith(TITLE))


class Stdout(InFolder):
    """`-o -` wrote a file of that name; /dev/stdout became a regular file."""

    def test_dash_and_the_names_of_stdout_are_stdout(self):
        for name in ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
            code, out, err = run(*REPORT, "-o", name, cwd=self.folder)
            self.assertEqual((code, err), (1, ""), name)
            self.assertTrue(out.startswith(TITLE), name)
        self.assertEqual(os.listdir(self.folder), [])
        self.assertTrue(os.path.islink("/dev/stdout"))

    def test_a_link_to_stdout(self):
        os.symlink("/dev/stdout", self.path("link.md"))
        code, out, _ = run(*REPORT, "-o", self.path("link.md"))
        self.assertEqual(code, 1)
        self.assertTrue(out.startswith(TITLE))
        self.assertTrue(os.path.islink(self.path("link.md")))

    def test_stdout_that_is_a_file_goes_on_where_it_is(self):
        with open(self.path("log.txt", "before\n"), "r+b") as log:
            inode = os.fstat(log.fileno()).st_ino
            log.seek(0, os.SEEK_END)
            for _ in range(2):
                self.assertEqual(run_to(log, *REPORT, "-o", "/dev/stdout"), (1, ""))
            self.assertEqual(log.seek(0, os.SEEK_CUR), os.path.getsize(self.path("log.txt")))
        self.assertEqual(os.stat(self.path("log.txt")).st_ino, inode)
        content = self.content("log.txt")
        self.assertTrue(content.startswith("before\n" + TITLE))
        reports = content[len("before\n"):]
        self.assertEqual(reports[:len(reports) // 2], reports[len(reports) // 2:])
        self.assertEqual(os.listdir(self.folder), ["log.txt"])

    def test_run_gives_stdout_one_thing(self):
        with open(self.path("o.npz"), "wb") as f:
            self.assertEqual(run_to(f, *RUN, "-o", "-"), (0, ""))
        with zipfile.ZipFile(self.path("o.npz")) as z:
            self.assertIsNone(z.testzip())
            self.assertEqual(len(z.namelist()), 1)
        code, out, _ = run(*RUN, "--hashes", "-")
        self.assertEqual(code, 0)
        self.assertEqual(len(json.loads(out)), 1)
        code, out, err = run(*RUN, "--hashes", "-", "-o", "/dev/stdout")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("--output and --hashes both name stdout, which takes one", err)

    def test_no_array_file_on_a_terminal(self):
        ours, terminal = os.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, terminal)
        code, err = run_to(terminal, *RUN, "-o", "-")
        self.assertEqual(code, 2)
        self.assertIn("stdout is a terminal", err)
        self.assertEqual(run_to(terminal, *RUN, "--hashes", "-"), (0, ""))  # which people can read

    def test_a_partial_result_is_all_that_stdout_has(self):
        code, out, _ = run("diff", *PAIR, "--partial", "-")
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(out)["format"], "nputwin partial diff")
        self.path("p.json", out)
        code, out, _ = run("merge", self.path("p.json"), "--partial", "-")
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(out)["format"], "nputwin partial diff")

    def test_what_failed_is_not_in_the_report(self):
        code, out, err = run("report", *PAIR, "--format", "json", "-o", "-", "--fail-if", "mismatch>0.1%")
        self.assertEqual(code, 1)
        json.loads(out)
        self.assertIn("mismatch>0.1%", err)

    def test_stdout_has_no_ending_and_is_no_folder(self):
        code, out, err = run("report", *PAIR, "-o", "-", cwd=self.folder)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("stdout has no ending; expected `%s report --format` with one of html, " % NPUTWIN, err)
        for arguments in (["cut", MODEL, "--layer", "0"], ["bisect", *PAIR]):
            code, out, err = run(*arguments, "-o", "-", cwd=self.folder)
            self.assertEqual((code, out), (2, ""))
            self.assertIn("-: is stdout, which takes one file; expected a folder", err)
        self.assertEqual(os.listdir(self.folder), [])


class Files(InFolder):
    def test_the_mode_of_a_replaced_file_stays(self):
        for mode in (0o600, 0o644, 0o664, 0o755):
            os.chmod(self.path("r.md", "old"), mode)
            self.report(self.path("r.md"))
            self.assertEqual(stat.S_IMODE(os.stat(self.path("r.md")).st_mode), mode)
            self.assertTrue(self.content("r.md").startswith(TITLE))

    def test_a_folder_is_an_error(self):
        code, out, err = run(*REPORT, "-o", self.folder)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("%s: is a folder, expected the name of a file" % self.folder, err)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_folder_that_takes_no_files_is_an_error(self):
        code, out, err = run(*REPORT, "-o", "/proc/r.md")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("/proc/r.md: cannot create: ", err)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_read_only_folder_is_an_error(self):
        self.path("r.md", "old")
        os.chmod(self.folder, 0o500)
        self.addCleanup(os.chmod, self.folder, 0o700)
        code, out, err = run(*REPORT, "-o", self.path("r.md"))
        self.assertEqual((code, out), (2, ""))
        self.assertIn("r.md: cannot create: Permission denied", err)
        self.assertEqual(self.content("r.md"), "old")


if __name__ == "__main__":
    unittest.main()
