"""Headless Chromium for tests of pages: whether it is there, and tabs that tell what went wrong in them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM, reason="Chromium is not installed: apt-get install chromium"
)
LOCAL = ("file:", "data:", "blob:")


@contextmanager
def launched() -> Iterator[Any]:
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def tabs(browser: Any, width: int, height: int, silent: bool = False) -> Iterator[Callable[..., Any]]:
    """A function that opens a page from disk in a tab of its own. At the end no script may have failed, no
    dialog opened and nothing been asked of a network; where pages are silent, the console warn of nothing.
    """
    contexts: list[Any] = []
    faults: list[str] = []

    def show(page: Path, script: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": width, "height": height}, **options})
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        if silent:
            tab.on("console", lambda message: message.type == "log" or faults.append(message.text))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("dialog", lambda dialog: faults.append("a dialog"))
        tab.on("request", lambda r: None if r.url.startswith(LOCAL) else faults.append(r.url))
        if script:
            tab.add_init_script(script)
        tab.goto(page.as_uri())
        return tab

    yield show
    for context in contexts:
        context.close()
    assert faults == []
