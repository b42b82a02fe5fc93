"""How the browser tests open a page, and what they overlook."""

import warnings

from playwright.sync_api import expect


def visit(page, url, seconds=60):
    """Open an address and wait until the page has run to its end.

    On loaded machines an address has stayed white for a minute, three times in some ten runs of all tests;
    why is not known. It is loaded again then, and a warning says so.
    """
    page.goto(url)
    foot = page.get_by_role("button", name="Forget everything I showed")
    try:
        expect(foot).to_be_visible(timeout=seconds * 1000)
    except AssertionError:
        if page.get_by_role("navigation").count():
            raise
        warnings.warn(f"Nothing came of {url} in {seconds} s: loaded again", stacklevel=2)
        page.reload()
        expect(foot).to_be_visible(timeout=seconds * 1000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=seconds * 1000)


def ours(problems):
    """Without those of Streamlit itself.

    It looks for its base address below a deep link (404), and forgets the pictures of a run as soon as the
    next one has ended, though a slow browser may only ask for them then.
    """
    theirs = ("status of 404", "Image source error")
    return [problem for problem in problems if not any(words in problem for words in theirs)]
