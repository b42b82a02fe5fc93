"""Jobs that are computed elsewhere: what a gallery does with what Ray's workers say, or don't.

The workers are played by a small HTTP server; `tests/ray` has real ones.
"""

import functools
import http.server
import threading
import time

import pytest

from dlintro_demos.gallery.catalogue import SLUGS
from dlintro_demos.gallery.runtime import elsewhere
from dlintro_demos.gallery.runtime.elsewhere import GONE, Elsewhere, Raised, family_of, stays_here
from dlintro_demos.gallery.runtime.jobs import DeadlineExceeded, JobError, JobQueue, Progress, QueueFull
from dlintro_demos.gallery.runtime.wire import pack, unpack
from dlintro_demos.medicine.risk.weighing import weigh
from dlintro_demos.why_now.causes import compare as work
from dlintro_demos.why_now.latest import measure_here

HERE = [Progress(1, 2, "here"), "computed here"]


class Workers(http.server.ThreadingHTTPServer):
    """Plays Ray Serve: `answers` are, one after the other, what its workers do with a job."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Asked)
        self.answers = []
        self.asked = []
        self.closed = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, request, client_address):
        self.closed.set()


class Asked(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"{" + b",".join(b'"/%s":"x"' % slug.encode() for slug in SLUGS) + b"}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        message = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers["Authorization"], message))
        self.server.answers.pop(0)(self)

    def begin(self, status=200):
        self.send_response(status)
        self.send_header("Connection", "close")
        self.end_headers()

    def say(self, *things):
        for thing in things:
            data = b"" if thing is None else pack(thing)
            self.wfile.write(len(data).to_bytes(4, "big") + data)
        self.wfile.flush()

    def log_message(self, *_):
        pass


def saying(*things):
    def answer(asked):
        asked.begin()
        asked.say(*things)

    return answer


def status(code):
    return lambda asked: asked.begin(code)


def told(ray, *args):
    """What a job yields, without the signs that it still waits for its worker."""
    return [each for each in ray.perform(work, *args) if each != Progress(0, 1)]


def alive_until_it_is_closed(asked):
    asked.begin()
    while True:
        asked.say(None)
        time.sleep(0.01)


def hang_up(asked):
    asked.close_connection = True


@pytest.fixture
def workers():
    server = Workers()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ray(workers, monkeypatch):
    monkeypatch.setattr(elsewhere, "ALIVE_SECONDS", 0.02)
    monkeypatch.setattr(elsewhere, "PULSE_SECONDS", 0.05)
    monkeypatch.setattr(Elsewhere, "_compute_here", lambda self, *_: iter(HERE))
    ray = Elsewhere(workers.url, secret="a secret", residents={}, here=1)
    yield ray
    ray.close()


def test_a_job_is_sent_to_its_demos_workers_and_its_progress_comes_back(ray, workers):
    workers.answers = [saying(Progress(1, 3, "half"), None, "the result")]
    said = told(ray, 7)
    assert said == [Progress(1, 3, "half"), Progress(1, 3, "half"), "the result"]
    ((path, authorization, message),) = workers.asked
    assert (path, authorization) == ("/why_now", "Bearer a secret")
    assert unpack(message) == (work, (7,))
    assert ray.notice == ""


def test_what_the_work_raised_is_raised_here(ray, workers):
    workers.answers = [saying(Raised(JobError("Too dark."))), saying(Raised(FileNotFoundError("gone")))]
    with pytest.raises(JobError, match="Too dark"):
        list(ray.perform(work))
    with pytest.raises(FileNotFoundError):  # a connection's own errors are of its kind, too
        list(ray.perform(work))


def test_a_job_whose_worker_is_lost_begins_once_more(ray, workers):
    workers.answers = [saying(Progress(1, 2)), saying("the result")]
    assert told(ray) == [Progress(1, 2), "the result"]


@pytest.mark.parametrize("lost", [saying(), saying(Progress(1, 2)), status(500), hang_up])
def test_a_job_that_loses_two_workers_is_given_up_and_not_tried_in_this_process(ray, workers, lost):
    """It may be what ends them: a picture at which a decoder crashes."""
    workers.answers = [lost, lost]
    with pytest.raises(JobError, match="stopped, twice"):
        list(ray.perform(work))
    assert ray.counts["computed here"] == 0


def test_a_worker_that_says_nothing_is_lost(ray, workers, monkeypatch):
    monkeypatch.setattr(elsewhere, "SILENT_SECONDS", 0.1)
    ended = threading.Event()

    def silent(asked):
        asked.begin()
        ended.wait(5)

    workers.answers = [silent, saying("the result")]
    assert told(ray) == ["the result"]
    ended.set()


def test_a_full_house_is_said_and_nothing_is_computed(ray, workers):
    workers.answers = [status(503)]
    with pytest.raises(QueueFull, match="busy"):
        list(ray.perform(work))


@pytest.mark.parametrize(("code", "words"), [(404, "no worker"), (403, "DLINTRO_RAY_SECRET")])
def test_where_ray_does_not_take_it_this_process_computes_it_and_says_why(ray, workers, code, words):
    workers.answers = [status(code)]
    assert list(ray.perform(work)) == HERE
    assert words in ray.notice


def test_without_ray_this_process_computes_and_says_so_until_it_is_back(ray, workers):
    real = workers.url
    ray._host = "127.0.0.1:1"
    wait_for(lambda: ray.notice == GONE)
    assert list(ray.perform(work)) == HERE
    assert workers.asked == []
    ray._host = real.removeprefix("http://")
    wait_for(lambda: ray.notice == "")
    workers.answers = [saying("computed there")]
    assert told(ray) == ["computed there"]


def test_ray_that_goes_in_the_middle_of_a_job_hands_it_to_this_process(ray, workers, monkeypatch):
    workers.answers = [saying(Progress(1, 2, "there"))]
    monkeypatch.setattr(ray, "look", lambda: False)
    assert told(ray) == [Progress(1, 2, "there"), *HERE]


def wait_for(condition):
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_closed_job_closes_its_connection(ray, workers):
    workers.answers = [alive_until_it_is_closed]
    steps = ray.perform(work)
    next(steps)
    steps.close()
    assert workers.closed.wait(5)


def test_a_job_at_a_worker_that_yields_nothing_can_be_cancelled_and_has_its_deadline(ray, workers):
    """In this process a job is stopped at its next chunk; there, within half a second."""
    queue = JobQueue(deadline_s=0.2)
    try:
        workers.answers = [alive_until_it_is_closed, alive_until_it_is_closed]
        cancelled = queue.submit(ray.perform, work, visitor="a")
        wait_for(lambda: cancelled.state == "running")
        cancelled.cancel()
        wait_for(lambda: cancelled.state == "cancelled")
        with pytest.raises(DeadlineExceeded):
            queue.submit(ray.perform, work, visitor="a").result()
    finally:
        queue.shutdown()


def test_jobs_that_wait_for_a_worker_can_be_cancelled(ray, workers):
    ended = threading.Event()
    workers.answers = [lambda asked: ended.wait(5)]
    steps = ray.perform(work)
    assert next(steps) == Progress(0, 1)  # its headers have not come
    steps.close()
    ended.set()


def test_only_so_many_jobs_are_computed_here_at_once():
    """The queue has room for all of Ray's; this machine has not."""
    ray = Elsewhere("http://127.0.0.1:1", secret="", residents={}, here=1)
    try:
        first = ray.perform(counting, 2)
        assert next(first) == Progress(0, 2)
        second = ray.perform(counting, 1)
        assert "own machine" in next(second).note
        first.close()
        assert list(second)[-1] == "counted"
    finally:
        ray.close()


def counting(steps):
    for step in range(steps):
        yield Progress(step, steps)
    yield "counted"


def test_a_jobs_family_is_its_demo_and_what_is_about_this_machine_stays():
    assert family_of(weigh) == "medicine"
    assert family_of(functools.partial(weigh, 1)) == "medicine"
    assert family_of(measure_here) == ""
    assert family_of(counting) == ""
    assert family_of(stays_here(lambda: iter(()))) == ""
