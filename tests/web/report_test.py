#!/usr/bin/env python3
"""The HTML report in a browser: plots are drawn and answer to the pointer, the table sorts, filters and opens, all by keyboard too.

Needs Debian's chromium and chromium-driver (./dev test installs them); skipped without. The large model is in ../shared.
"""
import os
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from browser import Browser
from tool import MODELS, SHARED, model, run

ENTER, TAB = "\ue007", "\ue004"


def report(path, *arguments):
    code, _, err = run("report", *arguments, "-o", path)
    assert code == 1, err


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.page = os.path.join(cls.folder.name, "digits.html")
        report(cls.page, model("digits_embed20_i8"), "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", os.path.join(MODELS, "digits_int8.npy"))
        cls.browser = Browser(1280, 900)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        cls.folder.cleanup()

    def setUp(self):
        self.browser.open(self.page)
        self.browser.wait("return document.querySelector('[data-plot=propagation]').dataset.ready === 'yes'")

    def column(self, n):
        return self.browser.js("return [...document.querySelectorAll('#layers tbody tr:not([hidden])')].map(r => r.cells[arguments[0]].textContent)", n)

    def test_every_plot_is_drawn_without_a_complaint(self):
        self.browser.js("document.querySelectorAll('[data-plot]').forEach(p => p.scrollIntoView())")
        for plot in self.browser.js("return [...document.querySelectorAll('[data-plot]')].map(p => p.dataset.plot)"):
            self.browser.js("document.querySelector(`[data-plot=${arguments[0]}]`).scrollIntoView()", plot)
            self.browser.wait("return document.querySelector('[data-plot=%s]').dataset.ready === 'yes'" % plot)
            self.assertGreater(self.browser.js("return document.querySelector(`[data-plot=${arguments[0]}] canvas`).width", plot), 200)
        self.assertEqual([entry for entry in self.browser.log() if entry["level"] == "SEVERE"], [])
        self.assertEqual(self.browser.js("return performance.getEntriesByType('resource').length"), 0)

    def test_plots_answer_to_the_pointer(self):
        box = self.browser.js("const b = document.querySelector('[data-plot=propagation] canvas').getBoundingClientRect();"
                              "return [b.left, b.top, b.width, b.height]")
        found = ""
        for x in range(60, int(box[2]) - 60, 7):
            for y in range(40, int(box[3]) - 40, 24):
                self.browser.move_to(box[0] + x, box[1] + y)
                found = self.browser.js("const t = document.querySelector('#vg-tooltip-element.visible'); return t ? t.textContent : ''")
                if found:
                    break
            if found:
                break
        self.assertIn("CONV_2D", found)

    def test_the_table_sorts(self):
        heads = self.browser.js("return [...document.querySelectorAll('#layers th')].map(h => h.textContent)")
        accumulated = heads.index("accumulated %")
        before = self.column(accumulated)
        self.browser.js("document.querySelectorAll('#layers th button')[arguments[0]].click()", accumulated)
        down = [float(v) for v in self.column(accumulated)]
        self.assertEqual(down, sorted(map(float, before), reverse=True))
        self.browser.js("document.querySelectorAll('#layers th button')[arguments[0]].focus()", accumulated)
        self.browser.press(ENTER)
        self.assertEqual([float(v) for v in self.column(accumulated)], down[::-1])

    def test_the_table_filters(self):
        self.browser.js("const f = document.getElementById('filter'); f.value = '[1,1,1,32]'; f.dispatchEvent(new Event('input'))")
        self.assertEqual(self.column(0), ["19"])
        self.assertEqual(self.browser.js("return document.getElementById('shown').textContent"), "1 of 20 layers")

    def test_a_row_opens_by_keyboard(self):
        self.browser.js("document.querySelector('#layers button.open').focus()")
        self.browser.press(ENTER)
        self.assertIn("RMSE", self.browser.js("return document.querySelector('tr.more').textContent"))
        self.browser.press(ENTER)
        self.assertIsNone(self.browser.js("return document.querySelector('tr.more')"))

    def test_light_and_dark(self):
        before = self.browser.js("return getComputedStyle(document.body).backgroundColor")
        self.browser.js("document.getElementById('theme').click()")
        self.assertNotEqual(self.browser.js("return getComputedStyle(document.body).backgroundColor"), before)

    def test_a_phone_does_not_scroll_sideways(self):
        with Browser(390, 800) as phone:
            phone.open(self.page)
            self.assertLessEqual(phone.js("return document.documentElement.scrollWidth"), phone.js("return innerWidth"))

    def test_plots_as_pictures(self):
        """By the build's own Python, which the program falls back to."""
        for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
            folder = os.path.join(self.folder.name, kind)
            report(folder, model("digits_embed20_i8"), "--a", "tflite-2.9.1-arm64", "--b", "vip-v8", "-i", os.path.join(MODELS, "digits_int8.npy"), "--format", kind)
            self.assertEqual(len(os.listdir(folder)), 6)
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertEqual(f.read(len(start)), start)


class LargeModel(unittest.TestCase):
    def test_163_layers(self):
        path = os.path.join(SHARED, "corpus", "models", "cls_mcunetv2_large_i8.tflite")
        if not os.path.exists(path):
            self.skipTest("there is no " + path)
        with tempfile.TemporaryDirectory() as folder, Browser(1280, 900) as browser:
            page = os.path.join(folder, "page.html")
            report(page, path, "--a", "tflite-2.9.1-arm64", "--b", "vx(vip-v8)+tflite-2.9.1-arm64", "-i", "noise:1")
            size = os.path.getsize(page)
            times = []
            for _ in range(3):
                start = time.monotonic()
                browser.open(page)
                browser.wait("return document.querySelector('[data-plot=propagation]').dataset.ready === 'yes'")
                times.append(time.monotonic() - start)
            self.assertEqual(browser.js("return document.querySelectorAll('#layers tbody tr').length"), 163)
            self.assertEqual([entry for entry in browser.log() if entry["level"] == "SEVERE"], [])
            print("163 layers: %d bytes; open with the first plot drawn after %.2f s (median of 3)" % (size, sorted(times)[1]))
            self.assertLess(size, 3_000_000)


if __name__ == "__main__":
    try:
        Browser(800, 600).__exit__()
    except FileNotFoundError as missing:
        print("skipped: %s (Debian packages chromium, chromium-driver)" % missing)
        sys.exit(77)
    unittest.main()
