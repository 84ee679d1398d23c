"""A headless Chromium by the W3C WebDriver protocol, with nothing but the standard library."""
import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Browser:
    """with Browser(width, height) as b: b.open(path); b.js("return 1 + 1")"""

    def __init__(self, width, height, dark=False):
        driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
        if not driver or not chromium:
            raise FileNotFoundError("there is no chromium with chromedriver")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.root = "http://127.0.0.1:%d" % port
        self.driver = subprocess.Popen([driver, "--port=%d" % port], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.session = ""
        try:
            for _ in range(100):
                try:
                    if self.call("GET", "/status")["ready"]:
                        break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.1)
            arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=%d,%d" % (width, height)]
            if dark:
                arguments.append("--blink-settings=preferredColorScheme=0")
            made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": {"binary": chromium, "args": arguments},
                "goog:loggingPrefs": {"browser": "ALL"}}}})
        except BaseException:
            self.driver.kill()
            raise
        self.session = "/session/" + made["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait(10)

    def call(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.root + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, path):
        """Anew, also where the address differs from the last one in what follows # alone."""
        for url in ("about:blank", "file://" + path):
            self.call("POST", self.session + "/url", {"url": url})

    def devtools(self, command, **parameters):
        return self.call("POST", self.session + "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height):
        """Of what a page is laid out in; a window cannot be as narrow as a phone."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def pdf(self, width, height, landscape=False):
        """The page as printed; the paper in inches."""
        return base64.b64decode(self.devtools("Page.printToPDF", paperWidth=width, paperHeight=height, landscape=landscape)["data"])

    def js(self, script, *arguments):
        return self.call("POST", self.session + "/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = self.js(script)
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError("it never came true: " + script)

    def move_to(self, x, y):
        self.call("POST", self.session + "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": [
            {"type": "pointerMove", "duration": 50, "x": int(x), "y": int(y)}, {"type": "pointerMove", "duration": 50, "x": int(x) + 1, "y": int(y)}]}]})

    def click_at(self, x, y):
        self.call("POST", self.session + "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": [
            {"type": "pointerMove", "duration": 50, "x": int(x), "y": int(y)}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]}]})

    def press(self, *keys):
        """All held at once, pressed in that order."""
        self.call("POST", self.session + "/actions", {"actions": [{"type": "key", "id": "keys", "actions": [
            *({"type": "keyDown", "value": key} for key in keys), *({"type": "keyUp", "value": key} for key in reversed(keys))]}]})

    def log(self):
        return self.call("POST", self.session + "/se/log", {"type": "browser"})
