"""How the browser tests open a page, and what they overlook."""

from playwright.sync_api import expect


def visit(page, url, seconds=60):
    """Open an address and wait until the page has run to its end."""
    page.goto(url)
    foot = page.get_by_role("button", name="Forget everything I showed")
    expect(foot).to_be_visible(timeout=seconds * 1000)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=seconds * 1000)


def ours(problems):
    """Without those of Streamlit itself.

    It looks for its base address below a deep link (404), and forgets the pictures of a run as soon as the
    next one has ended, though a slow browser may only ask for them then.
    """
    theirs = ("status of 404", "Image source error")
    return [problem for problem in problems if not any(words in problem for words in theirs)]
