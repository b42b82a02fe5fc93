"""A gallery that ends under its visitors, and is started again."""

import asyncio

from bench.load.arriving import come_back
from bench.pages import gallery
from tests.gallery.test_live import awaited

PATIENCE = 120  # seconds


def test_two_hundred_visitors_come_back_after_a_restart():
    with gallery(warm=False) as (port, process):
        awaited(asyncio.wait_for(come_back(port, "home", 200), PATIENCE))
        process.kill()
    with gallery(port, warm=False):
        assert len(awaited(asyncio.wait_for(come_back(port, "home", 200), PATIENCE))) == 200
