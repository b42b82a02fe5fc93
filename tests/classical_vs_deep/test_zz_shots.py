import re, pytest
from playwright.sync_api import expect
from tests.visiting import visit, ours
@pytest.mark.parametrize("width,scheme", [(1280,"light"),(360,"dark")])
def test_shots(gallery, new_page, problems, width, scheme):
    page=new_page(viewport={"width":width,"height":900 if width>400 else 740}, color_scheme=scheme)
    for name,q in (("features","sample=noise&expert=Edge+directions"),("stack","part=Stack+of+layers&curves=300&hidden=3")):
        visit(page, f"{gallery}/classical_vs_deep?{q}", 180)
        page.wait_for_timeout(1500)
        h=page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
        page.set_viewport_size({"width":width,"height":min(h+50,6000)})
        page.wait_for_timeout(1500)
        page.screenshot(path=f"/tmp/w/classical_vs_deep/{name}-{width}-{scheme}.png")
        if width==1280 and scheme=="light":
            print(name, page.evaluate("[...document.querySelectorAll('[data-testid=stVegaLiteChart]')].map(e=>e.outerHTML.replace(/<svg.*<.svg>/s,'SVG').slice(0,600))"))
        page.set_viewport_size({"width":width,"height":900})
    print(problems)
