"""What a page does with a job that ends without a result."""

from streamlit.testing.v1 import AppTest

from dlintro_demos.gallery.process import engine


def page():
    import time

    import streamlit as st

    from dlintro_demos.gallery.runtime.jobs import Progress
    from dlintro_demos.gallery.ui.run_job import run_job

    def slow():
        while True:
            yield Progress(1, 2)
            time.sleep(0.01)

    run_job("slow", "of this", slow, label="Something slow")
    st.button("Something else")


def begun():
    return engine().queue.status()["submitted"]


def test_what_was_too_slow_begins_again_only_when_it_is_asked_for(monkeypatch):
    """Every click elsewhere on the page cost another two minutes of the queue."""
    monkeypatch.setattr(engine().queue, "deadline_s", 0.2)
    before = begun()
    at = AppTest.from_function(page, default_timeout=60).run()
    assert "was stopped" in at.warning[0].value
    at.button[1].click().run()
    assert "was stopped" in at.warning[0].value
    assert begun() == before + 1
    (again,) = [button for button in at.button if button.label == "Start again"]
    again.click().run()
    assert not at.exception
    assert begun() == before + 2


def overtaken():
    import time

    import streamlit as st

    from dlintro_demos.gallery.process import engine
    from dlintro_demos.gallery.runtime.jobs import Progress
    from dlintro_demos.gallery.ui.run_job import run_job
    from dlintro_demos.gallery.ui.session import Seat, visitor

    me = visitor()

    def endless():
        while True:
            yield Progress(1, 2)
            time.sleep(0.01)

    def quick():  # while it works, a click starts the page anew, which wants something else in its place
        key = ("another", "wish")
        job = engine().running.join(key, me.id, lambda: engine().queue.submit(endless, visitor=me.client))
        me.seats["slot"] = Seat(key, job)
        yield "the answer"

    st.text(run_job("slot", "a wish", quick, label="Something"))
    st.session_state.seat = me.seats.get("slot")
    st.session_state.cancelled = st.session_state.seat and st.session_state.seat.job.cancel_reason
    me.leave("slot")


def test_a_run_of_the_page_that_another_has_overtaken_leaves_the_others_job_alone():
    """Who clicked quickly was told “Cancelled.”, which they had not asked for."""
    at = AppTest.from_function(overtaken, default_timeout=60).run()
    assert not at.exception
    assert at.text[0].value == "the answer"
    assert at.session_state.seat.key == ("another", "wish")
    assert at.session_state.cancelled is None
