"""The documentation page in Chromium: it opens, an operation is tried from it, and nothing leaves the
machine.

    browser.py URL KEY

URL is where the pet store and its page are served, KEY a key that it takes. Chromium is driven through
the pipe of its DevTools protocol, can resolve no name, and writes down all that its network stack does.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

PATIENCE = 60


class Browser:
    def __init__(self, profile):
        to_browser, self.into = os.pipe()
        self.out, from_browser = os.pipe()
        self.net_log = os.path.join(profile, "net-log.json")

        def connect():  # The protocol's descriptors are 3 and 4, by definition.
            read, write = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [
                "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-default-apps",
                "--disable-domain-reliability",
                "--metrics-recording-only",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                f"--user-data-dir={profile}",
                f"--log-net-log={self.net_log}",
                "--net-log-capture-mode=Everything",
                "--remote-debugging-pipe",
                "about:blank",
            ],
            preexec_fn=connect,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.number, self.events, self.session = b"", 0, [], None
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in targets if one["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=page, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Network", "Page", "Runtime", "Log", "Security"):
            self.call(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.rest:
            piece = os.read(self.out, 1 << 16)
            if not piece:
                fail("Chromium has ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.into, json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != self.number:
            self.events.append(answer)
        if "error" in answer:
            fail(f"{method}: {answer['error']}")
        return answer["result"]

    def evaluate(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            fail(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait_for(self, what, script):
        limit = time.monotonic() + PATIENCE
        while not (value := self.evaluate(script)):
            if time.monotonic() > limit:
                fail(f"{what}: it never came to be; the page says {self.evaluate('document.body.innerText')[:2000]!r}")
            time.sleep(0.05)
        print(f"ok: {what}")
        return value

    def close(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def fail(reason):
    sys.exit(f"FAILED: {reason}")


def try_out(browser, operation, values=()):
    """Opens an operation, fills in its parameters, executes it, and returns the status that the page
    shows."""
    block = f"document.querySelector('[id$=-{operation}]')"
    browser.wait_for(f"{operation} is on the page", f"!!{block}")
    browser.evaluate(f"{block}.querySelector('.opblock-summary-control').click()")
    browser.wait_for(f"{operation} can be tried", f"!!{block}.querySelector('.try-out__btn')")
    browser.evaluate(f"{block}.querySelector('.try-out__btn').click()")
    browser.wait_for(f"{operation} can be executed", f"!!{block}.querySelector('.execute')")
    for number, value in enumerate(values):
        # As if it were typed: the page listens to events, not to the field's value.
        browser.evaluate(
            f"(() => {{ const field = {block}.querySelectorAll('.parameters input[type=text]')[{number}];"
            "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set"
            f".call(field, {json.dumps(value)});"
            "field.dispatchEvent(new Event('input', {bubbles: true}));"
            # Until the field is left the page waits for more.
            "field.dispatchEvent(new FocusEvent('focusout', {bubbles: true})); })()"
        )
    browser.evaluate(f"{block}.querySelector('.execute').click()")
    return answered(browser, operation, block)


def again(browser, operation):
    """Clears the answer of an operation, executes it once more, and returns the new status."""
    block = f"document.querySelector('[id$=-{operation}]')"
    browser.evaluate(f"{block}.querySelector('.btn-clear').click()")
    shown = f"{block}.querySelector('.live-responses-table')"
    browser.wait_for(f"the answer of {operation} is gone", f"!{shown}")
    browser.evaluate(f"{block}.querySelector('.execute').click()")
    return answered(browser, operation, block)


def answered(browser, operation, block):
    status = f"{block}.querySelector('.live-responses-table tbody .response-col_status')"
    return browser.wait_for(f"{operation} is answered", f"{status} && {status}.innerText.trim()")


def check_requests(browser, origin):
    """Everything that the page asked for, as DevTools tells it."""
    asked = [
        event["params"]["request"]["url"]
        for event in browser.events
        if event.get("method") == "Network.requestWillBeSent"
    ]
    strangers = [url for url in asked if not url.startswith((origin + "/", "data:", "blob:"))]
    if strangers or len(asked) < 6:
        fail(f"the page asked for {asked}")
    for event in browser.events:
        entry = event.get("params", {}).get("entry", {})
        is_error = event.get("method") == "Log.entryAdded" and entry.get("level") == "error"
        # That an answer is a 401 or a 404 is none of the page.
        if is_error and entry.get("source") != "network":
            fail(f"the browser complains: {entry}")
        if event.get("method") == "Runtime.exceptionThrown":
            fail(f"a script of the page failed: {event['params']['exceptionDetails']}")
    print(f"ok: {len(asked)} requests of the page, all to {origin}")


def check_net_log(path, origin):
    """Everything that the whole browser did: connections, and names that it wanted to resolve."""
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    try:
        log = json.loads(text)
    except ValueError:  # It ends without its end where the browser was in a hurry.
        log = json.loads(text.rstrip().rstrip(",") + "]}")
    names = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    peer = urlsplit(origin).netloc
    connected = set()
    for event in log["events"]:
        name, params = names[event["type"]], event.get("params", {})
        if name == "TCP_CONNECT_ATTEMPT" and "address" in params:
            connected.add(params["address"])
        if name == "UDP_CONNECT" and "address" in params:
            # A connected UDP socket sends nothing by itself; the browser asks for routes with it.
            continue
        if name in ("UDP_BYTES_SENT", "QUIC_SESSION"):
            fail(f"the browser sent something by {name}: {params}")
    if connected != {peer}:
        fail(f"the browser connected to {sorted(connected)}, not to {peer} alone")
    print(f"ok: the browser connected to {peer} and to nothing else")


def main():
    origin, key = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="brrt-browser-", ignore_cleanup_errors=True) as profile:
        with Browser(profile) as browser:
            browser.call("Page.navigate", url=f"{origin}/docs/")
            title = browser.wait_for("the page opens", "window.ui && document.title")
            browser.wait_for("the document is read", "document.querySelectorAll('.opblock').length >= 12")
            if not title:
                fail("the page has no title")
            if (status := try_out(browser, "listPets")) != "200":
                fail(f"listPets was answered with {status}")
            shown = "document.querySelector('[id$=-listPets] .live-responses-table .microlight').innerText"
            if '"name"' not in browser.evaluate(shown):
                fail("the page does not show the answer")
            if (status := try_out(browser, "createPet")) != "201":
                fail(f"createPet was answered with {status}")
            nobody = ["00000000-0000-4000-8000-000000000000"]
            if (status := try_out(browser, "deletePet", nobody)) != "401":
                fail(f"deletePet without a key was answered with {status}")
            browser.evaluate(f"void ui.preauthorizeApiKey('apiKey', {json.dumps(key)})")
            if (status := again(browser, "deletePet")) != "404":
                fail(f"deletePet with a key was answered with {status}")
            check_requests(browser, origin)
            browser.close()
        check_net_log(browser.net_log, origin)


if __name__ == "__main__":
    main()
