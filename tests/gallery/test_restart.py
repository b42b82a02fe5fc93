"""A gallery that ends under its visitors, and is started again."""

from bench.load.arriving import come_back
from bench.pages import gallery
from tests.gallery.test_live import awaited


def test_two_hundred_visitors_come_back_after_a_restart():
    with gallery(warm=False) as (port, process):
        awaited(come_back(port, "home", 200))
        process.kill()
    with gallery(port, warm=False):
        assert len(awaited(come_back(port, "home", 200))) == 200
