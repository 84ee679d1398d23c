#!/usr/bin/env python3
"""The HTML report in a browser: plots are drawn and answer to the pointer, the table sorts, filters and opens, all by keyboard too;
it fits windows and paper.

Needs Debian's chromium, chromium-driver and poppler-utils (./dev test installs them); skipped without. The large models are in ../shared.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from browser import Browser
from tool import MODELS, PHOTO, SHARED, model, run

CONTROL, ENTER, TAB = "\ue009", "\ue007", "\ue004"
SIDES = ("--a", "tflite-2.9.1-arm64", "--b", "vip-v8")
A4, LETTER = (8.27, 11.69), (8.5, 11)  # inches
DAY = {**os.environ, "SOURCE_DATE_EPOCH": "1764460800"}  # 2025-11-30


def report(path, *arguments):
    code, _, err = run("report", *arguments, "-o", path, env=DAY)
    assert code == 1, err


def digits(path, *arguments):
    report(path, model("digits_embed20_i8"), *SIDES, "-i", os.path.join(MODELS, "digits_int8.npy"), *arguments)


def public_model(name):
    path = os.path.join(SHARED, "corpus", "models", name + ".tflite")
    if not os.path.exists(path):
        raise unittest.SkipTest("there is no " + path)
    return path


def open_drawn(browser, page):
    """Opens a page and has all its plots drawn."""
    browser.open(page)
    for plot in browser.js("return [...document.querySelectorAll('[data-plot]')].map(p => p.dataset.plot)"):
        browser.js("document.querySelector(`[data-plot=${arguments[0]}]`).scrollIntoView()", plot)
        browser.wait("return document.querySelector('[data-plot=%s]').dataset.ready === 'yes'" % plot)


def sideways(browser):
    """By how many pixels the page, the table's box and each plot's box are too narrow for what they hold."""
    return browser.js("""const over = (e) => e.scrollWidth - e.clientWidth;
        return [over(document.documentElement), over(document.querySelector('.scroll')),
                ...[...document.querySelectorAll('.plot')].map(over)]""")


def printed_plots(browser):
    """What is drawn for paper: of each plot its texts, and its lines' paths."""
    browser.js("dispatchEvent(new Event('beforeprint'))")
    plots = browser.wait("""const all = [...document.querySelectorAll('.paper > div')];
        if (!all.every(e => e.querySelector('svg'))) return null;
        return Object.fromEntries([...document.querySelectorAll('.canvas')].map(canvas => {
            const find = (what) => [...canvas.nextElementSibling.querySelectorAll(what)];
            return [canvas.dataset.plot, {
                texts: find('svg text').map(t => t.textContent),
                lines: find('.mark-line path').map(p => p.getAttribute('d')),
                points: find('.mark-symbol.role-mark path').map(p => [p.getAttribute('transform'), p.getAttribute('fill-opacity')]),
                widths: find('svg').map(s => s.getBoundingClientRect().width)}]}))""")
    browser.js("dispatchEvent(new Event('afterprint'))")
    return plots


def pages_of(pdf, folder):
    """Of each printed page its width, its words as (text, left, right, top), and all its text."""
    path = os.path.join(folder, "printed.pdf")
    with open(path, "wb") as f:
        f.write(pdf)
    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    pages = []
    for width, inside in re.findall(r'<page width="([\d.]+)"[^>]*>(.*?)</page>', boxes, re.S):
        words = [(text, float(left), float(right), float(top))
                 for left, top, right, text in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)"[^>]*>(.*?)</word>', inside)]
        pages.append((float(width), words, " ".join(text for text, *_ in words)))
    return pages


def printed_rows(pages):
    """The ops in the first column of the table, which has its head on each page."""
    ops = []
    for _, words, _ in pages:
        heads = [top for text, _, _, top in words if text == "trust"]
        ops += [int(text) for text, left, _, top in words if heads and text.isdigit() and left < 50 and top > heads[-1]]
    return sorted(ops)


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.page = os.path.join(cls.folder.name, "digits.html")
        digits(cls.page)
        cls.gated = os.path.join(cls.folder.name, "gated.html")
        digits(cls.gated, "--fail-if", "mismatch>36%")
        cls.browser = Browser(1280, 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def setUp(self):
        self.show(self.page)

    def show(self, page):
        self.browser.open(page)
        self.browser.wait("return document.querySelector('[data-plot=propagation]').dataset.ready === 'yes'")

    def column(self, n):
        return self.browser.js("return [...document.querySelectorAll('#layers tr[data-i]:not([hidden])')].map(r => r.cells[arguments[0]].textContent)", n)

    def ops(self):
        return self.browser.js("return [...document.querySelectorAll('#layers tr[data-i]:not([hidden]) button.open')].map(b => b.textContent)")

    def heads(self):
        return [h.replace("\u00ad", "") for h in self.browser.js("return [...document.querySelectorAll('#layers th')].map(h => h.textContent)")]

    def test_every_plot_is_drawn_and_nothing_is_said_to_the_console(self):
        """Each plot's legend was once both on and off, of which Vega warned."""
        open_drawn(self.browser, self.page)
        for plot in self.browser.js("return [...document.querySelectorAll('[data-plot]')].map(p => p.dataset.plot)"):
            self.assertGreater(self.browser.js("return document.querySelector(`[data-plot=${arguments[0]}] canvas`).width", plot), 200)
        printed_plots(self.browser)
        self.assertEqual(self.browser.log(), [])
        self.assertEqual(self.browser.js("return performance.getEntriesByType('resource').length"), 0)

    def find_point(self, plot):
        """Where the pointer is on a datum of a plot, and its tooltip's text."""
        box = self.browser.js("const c = document.querySelector(`[data-plot=${arguments[0]}] canvas`); c.scrollIntoView({block: 'center'});"
                              "const b = c.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]", plot)
        for x in range(60, int(box[2]) - 60, 7):
            for y in range(40, int(box[3]) - 40, 24):
                self.browser.move_to(box[0] + x, box[1] + y)
                found = self.browser.js("const t = document.querySelector('#vg-tooltip-element.visible'); return t ? t.textContent : ''")
                if found:
                    return box[0] + x, box[1] + y, found
        return None

    def test_plots_answer_to_the_pointer(self):
        x, y, found = self.find_point("propagation")
        self.assertIn("CONV_2D", found)
        self.assertRegex(found, r"largest:?\s*[\d.]+ steps")

    def test_a_click_in_a_plot_opens_the_row(self):
        for plot in ("propagation", "causes", "graph"):
            self.show(self.page)
            self.browser.js("document.querySelector(`[data-plot=${arguments[0]}]`).scrollIntoView()", plot)
            self.browser.wait("return document.querySelector('[data-plot=%s]').dataset.ready === 'yes'" % plot)
            x, y, found = self.find_point(plot)
            self.browser.click_at(x, y)
            op = re.search(r"op:?\s*(\d+)", found).group(1)
            self.assertEqual(self.browser.wait("return location.hash"), "#op-" + op, plot)
            self.assertEqual(self.browser.js("return document.activeElement.closest('tr').id"), "op-" + op)
            self.assertIn("RMSE", self.browser.js("return document.querySelector('tr.more').textContent"))

    def test_the_table_sorts(self):
        accumulated = self.heads().index("accumulated %")
        before = self.column(accumulated)
        self.browser.js("document.querySelectorAll('#layers th button')[arguments[0]].click()", accumulated)
        down = [float(v) for v in self.column(accumulated)]
        self.assertEqual(down, sorted(map(float, before), reverse=True))
        self.browser.js("document.querySelectorAll('#layers th button')[arguments[0]].focus()", accumulated)
        self.browser.press(ENTER)
        self.assertEqual([float(v) for v in self.column(accumulated)], down[::-1])
        self.assertEqual(self.browser.js("return [...document.querySelectorAll('[aria-sort]')].map(h => h.ariaSort)"), ["ascending"])

    def test_what_fails_and_what_is_worst_comes_first(self):
        """Rows once stood in execution order, so that what mattered was to be looked for."""
        self.show(self.gated)
        shares = [float(v) for v in self.column(self.heads().index("accumulated %"))]
        self.assertEqual(shares, sorted(shares, reverse=True))
        failing = self.browser.js("return [...document.querySelectorAll('#layers tr.fails button.open')].map(b => [b.textContent, b.ariaExpanded])")
        self.assertEqual(len(failing), sum(share > 36 for share in shares))
        self.assertEqual([op for op, _ in failing], self.ops()[:len(failing)])
        self.assertEqual([is_open for _, is_open in failing][:3], ["true"] * 3)
        self.assertIn("Fails: mismatch>36%", self.browser.js("return document.querySelector('tr.more').textContent"))
        self.browser.js("document.getElementById('in-order').click()")
        self.assertEqual(self.ops(), [str(n) for n in range(20)])
        self.assertEqual(self.browser.js("return [...document.querySelectorAll('[aria-pressed=true]')].map(b => b.id)"), ["in-order"])

    def test_the_table_filters(self):
        self.browser.js("const f = document.getElementById('filter'); f.value = '[1,1,1,32]'; f.dispatchEvent(new Event('input'))")
        self.assertEqual(self.ops(), ["19"])
        self.assertEqual(self.browser.js("return document.getElementById('shown').textContent"), "1 of 20 layers")

    def test_cause_and_confidence_stand_beside_the_layer(self):
        """The causes were once the last column, reached by sideways scrolling."""
        self.assertEqual(self.heads()[:5], ["op", "type", "output", "causes", "confidence A / B"])

    def test_a_row_opens_by_keyboard_and_gives_its_command(self):
        self.browser.js("document.querySelector('#op-11 button.open').focus()")
        self.browser.press(ENTER)
        more = self.browser.js("return document.querySelector('#op-11 + tr.more').textContent")
        for expected in ("RMSE, steps", "Causes: second rounding"):
            self.assertIn(expected, more)
        command = self.browser.js("return document.querySelector('#op-11 + tr.more code').textContent")
        self.assertIn(" --layer 11 ", command)
        for _ in range(2):  # over the row's address
            self.browser.press(TAB)
        self.assertEqual(self.browser.js("return document.activeElement.ariaLabel"), "copy the command")
        self.browser.press(ENTER)
        self.browser.wait("return document.getElementById('shown').textContent === 'copied'")
        self.browser.js("document.getElementById('filter').focus()")
        self.browser.press(CONTROL, "v")
        self.assertEqual(self.browser.js("return document.getElementById('filter').value"), command)

    def test_the_command_of_a_row_runs(self):
        self.browser.js("document.querySelector('#op-11 button.open').click()")
        command = self.browser.js("return document.querySelector('#op-11 + tr.more code').textContent")
        code, out, err = run(*command.replace("'", "").split()[1:])
        self.assertEqual(code, 1, err)
        self.assertIn("op 11", out)

    def test_a_row_closes_again(self):
        self.browser.js("document.querySelector('#layers button.open').focus()")
        self.browser.press(ENTER)
        self.browser.press(ENTER)
        self.assertIsNone(self.browser.js("return document.querySelector('tr.more')"))

    def test_a_row_has_an_address(self):
        self.browser.open(self.page + "#op-12")
        self.browser.wait("return document.querySelector('#op-12 + tr.more')")
        top, height = self.browser.js("return [document.getElementById('op-12').getBoundingClientRect().top, innerHeight]")
        self.assertTrue(0 <= top < height, top)
        self.browser.js("const f = document.getElementById('filter'); f.value = 'nothing'; f.dispatchEvent(new Event('input'))")
        self.browser.js("location.hash = 'op-3'")
        self.browser.wait("return document.querySelector('#op-3 + tr.more')")
        self.assertEqual(self.browser.js("return document.querySelector('#op-4 a').hash"), "#op-4")

    def test_the_title_says_what_was_compared_and_when(self):
        """It was once the names of the two profiles."""
        version = run("--version")[1].split()[1]
        self.assertRegex(self.browser.js("return document.title"),
                         r"^digits_embed20_i8\.tflite: tflite-2\.9\.1-arm64 against vip-v8, 2025-11-30, nputwin %s" % re.escape(version))
        header = self.browser.js("return document.querySelector('header').textContent")
        for expected in ("digits_embed20_i8.tflite", "tflite-2.9.1-arm64 against vip-v8", "2025-11-30"):
            self.assertIn(expected, header)
        self.show(self.gated)
        self.assertTrue(self.browser.js("return document.title").startswith("failed: "))
        self.assertEqual(self.browser.js("return document.querySelector('.outcome').textContent"), "failed")

    def test_light_and_dark(self):
        before = self.browser.js("return getComputedStyle(document.body).backgroundColor")
        self.browser.js("document.getElementById('theme').click()")
        self.assertNotEqual(self.browser.js("return getComputedStyle(document.body).backgroundColor"), before)

    def test_wide_windows_are_used_and_narrow_ones_scroll_nothing_but_the_table(self):
        """At 1400 pixels the table once needed 1402 in a box of 1150."""
        for dark in (False, True):
            with Browser(1400, 900, dark) as window:
                for width in (1400, 1920):
                    window.resize(width, 900)
                    open_drawn(window, self.page)
                    self.assertEqual(set(sideways(window)), {0}, width)
                    self.assertGreater(window.js("return document.querySelector('.scroll').clientWidth"), width - 100)
                window.resize(390, 800)
                open_drawn(window, self.page)
                page, table, *plots = sideways(window)
                self.assertEqual(page, 0)
                self.assertEqual(max(plots), 0)
                self.assertGreater(table, 0)
                self.assertEqual(window.log(), [])

    def test_what_can_be_pressed_is_reached_by_keyboard_and_shows_it(self):
        unseen = self.browser.js("""return [...document.querySelectorAll('button, input, a, [tabindex]')].filter(e => {
            if (e.closest('.vega-embed')) return false;
            e.focus({focusVisible: true});
            return document.activeElement !== e || getComputedStyle(e).outlineStyle === 'none';
        }).map(e => e.outerHTML.slice(0, 100))""")
        self.assertEqual(unseen, [])

    @unittest.skipUnless(shutil.which("pdftotext"), "there is no pdftotext (Debian package poppler-utils)")
    def test_paper_holds_every_layer(self):
        """A4 and Letter once cut the plots off before the last layer, which is the model's output."""
        for paper, landscape in ((A4, False), (LETTER, False), (A4, True)):
            pages = pages_of(self.browser.pdf(*paper, landscape), self.folder.name)
            for width, words, _ in pages:
                self.assertLessEqual(max(right for _, _, right, _ in words), width)
            text = " ".join(text for _, _, text in pages)
            self.assertEqual(text.count(" 17 18 19 op, in execution order"), 4, "each plot's axis, to its end")
            self.assertEqual(printed_rows(pages), list(range(20)))
            self.assertEqual(self.browser.js("return document.querySelectorAll('.paper').length"), 0)

    def test_causes_are_counted(self):
        """One element and a hundred thousand once made bars of the same height."""
        plots = json.loads(self.browser.js("return document.getElementById('plots-data').textContent"))
        colour = plots["causes"]["encoding"]["color"]
        self.assertEqual((colour["field"], colour["scale"]["type"]), ("elements", "log"))
        self.assertIn("second rounding (614)", printed_plots(self.browser)["causes"]["texts"])

    def test_maps_have_axes_and_a_scale_of_colours(self):
        texts = printed_plots(self.browser)["places"]["texts"]
        self.assertEqual((texts.count("row"), texts.count("column")), (6, 6))
        self.assertIn("elements that differ, %", texts)

    def test_plots_as_pictures(self):
        """By the build's own Python, which the program falls back to."""
        for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
            folder = os.path.join(self.folder.name, kind)
            digits(folder, "--format", kind)
            self.assertEqual(len(os.listdir(folder)), 6)
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertEqual(f.read(len(start)), start)


class LargeModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.page = os.path.join(cls.folder.name, "page.html")
        report(cls.page, public_model("cls_mcunetv2_large_i8"), *SIDES, "-i", "photo:" + PHOTO)
        cls.browser = Browser(1400, 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def test_163_layers_open_at_once(self):
        size = os.path.getsize(self.page)
        times = []
        for _ in range(3):
            start = time.monotonic()
            self.browser.open(self.page)
            self.browser.wait("return document.querySelector('[data-plot=propagation]').dataset.ready === 'yes'")
            times.append(time.monotonic() - start)
        self.assertEqual(self.browser.js("return document.querySelectorAll('#layers tr[data-i]').length"), 163)
        print("163 layers: %d bytes; open with the first plot drawn after %.2f s (median of 3)" % (size, sorted(times)[1]))
        self.assertLess(size, 2_000_000)

    def test_the_graph_has_labels_and_fits(self):
        """163 ops were once one line of squares without a label, 3,646 pixels wide."""
        for width in (1400, 390):
            self.browser.resize(width, 900)
            open_drawn(self.browser, self.page)
            page, table, *plots = sideways(self.browser)
            self.assertEqual((page, max(plots)), (0, 0))
            if width == 1400:
                self.assertEqual(table, 0)
        texts = printed_plots(self.browser)["graph"]["texts"]
        labels = [re.match(r"(\d+)([A-Z_]+)", text) for text in texts]
        self.assertEqual(sorted(int(label.group(1)) for label in labels if label), list(range(163)))
        self.assertIn("162DEQUANTIZE", texts)
        self.assertEqual(self.browser.log(), [])

    def test_lines_join_only_layers_that_differ(self):
        """Equal layers at the foot of the log scale were joined to unequal ones: the plot looked like a cardiogram."""
        open_drawn(self.browser, self.page)
        plot = printed_plots(self.browser)["propagation"]
        feet = [y for line in plot["lines"] for y in map(float, re.findall(r"[ML][\d.e+-]+,([\d.e+-]+)", line))]
        self.assertTrue(feet)
        self.assertLess(max(feet), 279)  # of a plot that is 280 high
        hollow = [point for point, filled in plot["points"] if filled == "0"]
        self.assertTrue(hollow)
        self.assertTrue(all(point.endswith(",280)") for point in hollow), hollow[:3])

    @unittest.skipUnless(shutil.which("pdftotext"), "there is no pdftotext (Debian package poppler-utils)")
    def test_paper_holds_163_layers(self):
        self.browser.open(self.page)
        self.browser.wait("return document.querySelector('[data-plot=propagation]').dataset.ready === 'yes'")
        pages = pages_of(self.browser.pdf(*A4), self.folder.name)
        for width, words, _ in pages:
            self.assertLessEqual(max(right for _, _, right, _ in words), width)
        text = " ".join(text for _, _, text in pages)
        self.assertEqual(text.count("162 op, in execution order"), 4)
        self.assertEqual(printed_rows(pages), list(range(163)))


class ManyOutputs(unittest.TestCase):
    """A detector whose last op has four outputs, three of them real numbers."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        page = os.path.join(cls.folder.name, "page.html")
        report(page, public_model("det_ssd_mobilenet_v1_coco_u8"), *SIDES, "-i", "photo:" + PHOTO)
        cls.browser = Browser(1400, 900)
        cls.browser.resize(1400, 900)
        open_drawn(cls.browser, page)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def test_outputs_of_an_op_are_told_apart(self):
        """Op 63 stood four times in the table under one number, and in plots as one vertical stroke."""
        rows = self.browser.js("return [...document.querySelectorAll('#layers button.open')].filter(b => b.textContent.startsWith('63'))"
                               ".map(b => [b.textContent, b.closest('tr').id]).sort()")
        self.assertEqual(rows, [["63", "op-63"], ["63:1", "op-63-1"], ["63:2", "op-63-2"], ["63:3", "op-63-3"]])
        plot = printed_plots(self.browser)["propagation"]
        places = [point.split(",")[0] for point, _ in plot["points"]]
        self.assertEqual(len(set(places)), 67)
        self.assertIn("63:3", plot["texts"])

    def test_each_output_of_the_model_is_judged_first(self):
        """The last tensor, a count that is always the same, once stood for the output: "the same"."""
        rows = self.browser.js("""return [...document.querySelectorAll('#verdict tbody tr')].map(r =>
            [r.cells[0].textContent, r.cells[1].firstChild.hash, r.cells[2].textContent])""")
        self.assertEqual([row[1] for row in rows], ["#op-63", "#op-63-1", "#op-63-2", "#op-63-3"])
        self.assertEqual((rows[0][0], rows[0][2]), ("differs", "boxes"))
        self.assertNotEqual(rows[3][0], "same")
        self.assertEqual(self.browser.js("return document.querySelector('main').firstElementChild.id"), "verdict")

    def test_units(self):
        """The largest difference of a float output stood as 0.178 under "in steps of the code"."""
        cells = self.browser.js("""const at = [...document.querySelectorAll('#layers th')].findIndex(h => h.textContent.startsWith('largest'));
            return ['op-63', 'op-3'].map(id => document.getElementById(id).cells[at].textContent)""")
        self.assertRegex(cells[0], r"^[\d.]+ \(real\)$")
        self.assertRegex(cells[1], r"^\d+$")

    def test_the_table_fits(self):
        self.assertEqual(set(sideways(self.browser)), {0})
        self.assertEqual(self.browser.log(), [])

    def test_long_names_keep_both_ends_and_are_shown_whole(self):
        short, whole = self.browser.js("const c = document.querySelector('#op-3 .name'); return [c.textContent, c.title]")
        self.assertLessEqual(len(short), 28)
        start, end = short.split("…")
        self.assertTrue(whole.startswith(start) and whole.endswith(end) and len(whole) > 28)


if __name__ == "__main__":
    try:
        Browser(800, 600).__exit__()
    except FileNotFoundError as missing:
        print("skipped: %s (Debian packages chromium, chromium-driver)" % missing)
        sys.exit(77)
    unittest.main()
