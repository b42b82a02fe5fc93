def test_a(gallery, page, problems, screenshot):
    page.goto(gallery)
    page.get_by_role("heading").first.wait_for()
    screenshot(page, "tmp")
    print(problems)
    assert not problems


def test_b(gallery, page, problems):
    page.goto(gallery + "/status")
    page.get_by_role("heading").first.wait_for()
    print(problems)
    assert not problems


def test_c(page, problems):
    page.set_content("<img src='http://example.com/x.png'><script>console.error('x')</script>")
    page.wait_for_timeout(300)
    print(problems)
    assert len(problems) >= 3
