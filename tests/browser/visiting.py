"""How the browser tests open a page, and what they overlook."""

from playwright.sync_api import expect


def visit(page, url, seconds=60):
    """Open an address and wait until the page has run to its end."""
    page.goto(url)
    expect(page.get_by_role("button", name="Forget everything I showed")).to_be_visible(
        timeout=seconds * 1000
    )
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=seconds * 1000)


def ours(problems):
    """Without the 404s of Streamlit itself, which looks for its base address below a deep link."""
    return [problem for problem in problems if "status of 404" not in problem]
