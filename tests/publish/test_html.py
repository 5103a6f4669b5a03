"""Templates, scripts and data of pages: nothing that comes from a file can become part of the page."""

import json
from base64 import b64encode
from hashlib import sha256

import pytest

from animator.publish import html


def test_values_are_escaped_and_our_own_text_is_not(tmp_path):
    (tmp_path / "a.html").write_text("<p>{{ word }}</p>{{ style }}", "utf-8")
    (tmp_path / "a.css").write_text("a > b {}", "utf-8")
    text = html.page(tmp_path, "a.html", word="<b> & 'c'", style=html.own(tmp_path / "a.css"))
    assert text == "<p>&lt;b&gt; &amp; &#39;c&#39;</p>a > b {}"


def test_a_missing_value_is_an_error(tmp_path):
    from jinja2 import UndefinedError

    (tmp_path / "a.html").write_text("{{ word }}", "utf-8")
    with pytest.raises(UndefinedError, match="'word' is undefined"):
        html.page(tmp_path, "a.html")


def test_a_script_is_strict_and_known_by_its_digest(tmp_path):
    files = [tmp_path / "a.js", tmp_path / "b.js"]
    for file in files:
        file.write_text(f"let {file.stem} = 1 < 2;", "utf-8")
    script = html.strict_script(files)
    assert script == '(() => {\n"use strict";\nlet a = 1 < 2;\nlet b = 1 < 2;})();'
    assert html.digest(script) == b64encode(sha256(script.encode()).digest()).decode()


def test_no_letter_of_data_can_end_its_element():
    text = html.embedded({"title": "</script><!-- & 'x'"})
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"title": "</script><!-- & 'x'"}
    with pytest.raises(ValueError):
        html.embedded([float("nan")])


def test_an_address_holds_the_file_itself():
    assert html.data_address("image/png", b"abc") == "data:image/png;base64,YWJj"
