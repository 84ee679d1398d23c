#!/usr/bin/env python3
"""Takes the pictures of a page's first screen in docs/pictures: tools/first_screens.py NPUTWIN SHARED

Needs chromium and chromedriver, and for two of the three the public models beside the tree. Fonts differ from machine to
machine, so no test compares pixels; tests/web/report_test.py asserts what the page says.
"""
import base64
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "web"))
from browser import Browser

PAIR = ["--a", "tflite-2.9.1-arm64", "--b", "vip-v8"]
SCREENS = {  # picture: model, what beside the sides
    "page_embedding": ("models/digits_embed20_i8.tflite", ["-i", "models/digits_int8.npy", "--output-kind", "embedding"]),
    "page_detector": ("{shared}/corpus/models/det_ssd_mobilenet_v1_coco_u8.tflite", ["-i", "{shared}/corpus/images/photos"]),
    "page_classifier": ("{shared}/corpus/models/cls_mcunetv2_large_i8.tflite", ["-i", "{shared}/corpus/images/photos/coral_bird.bmp"]),
}
WIDTH, HEIGHT = 1400, 900


def main():
    nputwin, shared = sys.argv[1:]
    environment = dict(os.environ, SOURCE_DATE_EPOCH="1764547200")
    with tempfile.TemporaryDirectory() as folder, Browser(WIDTH, HEIGHT) as browser:
        browser.resize(WIDTH, HEIGHT)
        for name, (model, more) in SCREENS.items():
            page = os.path.join(folder, name + ".html")
            command = [word.format(shared=shared) for word in [nputwin, "report", model, *PAIR, *more, "-o", page]]
            if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 2:
                sys.exit(2)
            browser.open(page)
            browser.wait("return document.querySelector('[data-plot]').dataset.ready === 'yes'")
            with open(os.path.join(ROOT, "docs", "pictures", name + ".png"), "wb") as f:
                f.write(base64.b64decode(browser.devtools("Page.captureScreenshot", format="png")["data"]))


main()
