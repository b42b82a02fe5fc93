"""What a page says, for tests that run it without a browser."""

import html
import re

SAYING = ("title", "subheader", "info", "warning", "caption", "markdown", "success", "html")
UNSEEN = re.compile(r"<style>.*?</style>|<[a-z/][^>]*>", re.DOTALL)


def words(at):
    """All words on the page in one line, without those of pictures."""
    said = " ".join(str(element.value) for kind in SAYING for element in at.get(kind))
    return html.unescape(UNSEEN.sub(" ", said))
