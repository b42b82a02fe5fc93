"""The demos' jobs on a real Ray Serve: the same answers, cancelled, refused, lost, and without Ray again.

`make test-ray` installs Ray and runs this. Where Ray is not installed, these tests are skipped.
"""

import itertools
import os
import threading
import time
from urllib.parse import parse_qsl

import numpy as np
import psutil
import pytest
from skimage import data

if not os.environ.get("DLINTRO_REQUIRE_RAY"):
    pytest.importorskip("ray")

from dlintro_demos.classical_vs_deep.learned import watch_it_learn
from dlintro_demos.feature_layers.classifier import classify
from dlintro_demos.feature_layers.experiment import look_at
from dlintro_demos.gallery import process
from dlintro_demos.gallery.catalogue import SLUGS, demos
from dlintro_demos.gallery.runtime.elsewhere import GONE, family_of
from dlintro_demos.gallery.runtime.engine import Engine, build_engine
from dlintro_demos.gallery.runtime.jobs import JobError, Progress, QueueFull
from dlintro_demos.gallery.runtime.on_ray import in_one
from dlintro_demos.gallery.runtime.running import name_of
from dlintro_demos.gallery.settings import Settings
from dlintro_demos.shared.imagenet import MODEL
from dlintro_demos.why_now.causes import compare
from tests.ray.comparing import differences
from tests.ray.conftest import wait_for
from tests.ray.jobs import jobs
from tests.ray.serving import JOBS_PER_WORKER, JOBS_WAITING


def outcome(steps):
    """The result, or the error."""
    try:
        *_, result = steps
    except Exception as error:  # noqa: BLE001
        return error
    return result


def not_the_same(work, args, gallery):
    """Where the answer of Ray's workers differs from ours."""
    before = gallery.elsewhere.counts["sent to Ray"]
    ours, theirs = outcome(work(*args)), outcome(gallery.elsewhere.perform(work, *args))
    assert gallery.elsewhere.counts["sent to Ray"] == before + 1
    if isinstance(ours, Exception) and isinstance(theirs, Exception):
        return [] if (type(ours), str(ours)) == (type(theirs), str(theirs)) else [f"{ours!r}, {theirs!r}"]
    return differences(ours, theirs, name_of(work))


@pytest.fixture
def begun(monkeypatch):
    """The jobs that pages start, by the name of their work: the first of each."""
    begun = {}
    real = Engine.submit

    def submit(self, work, /, *args, **how):
        begun.setdefault(name_of(work), (work, args))
        return real(self, work, *args, **how)

    monkeypatch.setattr(Engine, "submit", submit)
    return begun


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "why_now"])
def test_every_job_that_a_page_starts_has_the_same_answer_on_ray(
    slug, gallery, begun, open_page, monkeypatch
):
    monkeypatch.setattr(process, "_built", [gallery])
    demo = next(each for each in demos() if each.slug == slug)
    for query in ("", *demo.modes.values()):
        assert not open_page(slug, **dict(parse_qsl(query.lstrip("?")))).exception
    ours = {name: job for name, job in begun.items() if family_of(job[0]) == slug}
    assert ours
    assert [not_the_same(work, args, gallery) for work, args in ours.values()] == [[]] * len(ours)


def test_every_other_job_has_the_same_answer_on_ray(gallery, tmp_path):
    told = [said for work, *args in jobs(gallery, tmp_path) for said in not_the_same(work, args, gallery)]
    assert not told, "\n".join(told)


def test_a_training_learns_as_much_on_ray(gallery):
    """Twenty rounds of it are not the same to the last digit in any two processes."""
    ours, theirs = outcome(watch_it_learn(1)), outcome(gallery.elsewhere.perform(watch_it_learn, 1))
    assert len(ours.shares) == len(theirs.shares)
    assert min(ours.shares[-1], theirs.shares[-1]) > 0.75


def test_progress_comes_as_it_is_made(gallery):
    ours = itertools.islice(compare(0), 3)
    steps = gallery.elsewhere.perform(compare, 0)
    theirs = []
    while len(theirs) < 3:
        step = next(steps)
        if step != Progress(0, 1) and (not theirs or step is not theirs[-1]):
            theirs.append(step)
    steps.close()
    assert differences(list(ours), theirs) == []


def cpu_of(workers):
    return sum(sum(worker.cpu_times()[:2]) for worker in workers)


def running(gallery, ray):
    """A long job that Ray has begun."""
    job = gallery.submit(compare, 1, visitor="somebody")
    wait_for(lambda: job.progress.note or job.ended)
    return job


def test_a_cancelled_job_ends_and_its_worker_rests(gallery, ray):
    job = running(gallery, ray)
    job.cancel()
    wait_for(lambda: job.ended, 3)
    assert job.state == "cancelled"

    def rests():
        before = cpu_of(ray.workers("why_now"))
        time.sleep(1)
        return cpu_of(ray.workers("why_now")) - before < 0.3

    wait_for(rests, 15)


def test_more_jobs_than_a_demos_workers_may_have_are_refused_in_words(gallery, ray):
    sent = [
        gallery.submit(compare, number, visitor=f"visitor {number}")
        for number in range(JOBS_PER_WORKER + JOBS_WAITING + 3)
    ]
    refused = wait_for(lambda: [job for job in sent if job.state == "failed"])
    for job in sent:
        job.cancel()
    with pytest.raises(QueueFull, match="busy"):
        refused[0].result()
    wait_for(lambda: all(job.ended for job in sent))
    assert gallery.elsewhere.counts["computed here"] == 0


def test_pictures_of_several_visitors_in_one_run_get_the_answers_that_each_gets_alone(gallery):
    pictures = [data.chelsea(), data.coffee(), data.rocket()]
    alone = [outcome(look_at(rgb, gallery.cache)) for rgb in pictures]
    answers = {}

    def ask(number):
        answers[number] = outcome(gallery.elsewhere.perform(look_at, pictures[number], gallery.cache))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [differences(one, answers[number]) for number, one in enumerate(alone)] == [[]] * len(pictures)


def test_calls_that_fit_together_are_one_run_of_the_network(gallery):
    calls = []
    gallery.cache.gather = lambda *call: calls.append(call) or np.zeros((len(call[2]), 1001), np.float32)
    for rgb in (data.chelsea(), data.coffee()):
        classify(rgb, gallery.cache)
    gallery.cache.gather = None
    runs = []

    class Counted:
        def run(self, key, work):
            runs.append(key)
            return gallery.cache.run(key, work)

    together = in_one(Counted(), [*calls, (MODEL, calls[0][1], calls[0][2][:, :, ::2, ::2])])
    assert len(runs) == 2  # one of another size
    for (key, compute, rows), answer in zip(calls, together, strict=False):
        alone = gallery.cache.run(key, lambda model, compute=compute, rows=rows: compute(model, rows))
        np.testing.assert_allclose(answer, alone, rtol=1e-3, atol=1e-4)


def kill_the_worker_of(job, gallery, ray):
    """Kill it, and wait until the job has been sent to another, which has not begun yet."""
    (worker,) = ray.workers("why_now")
    worker.kill()
    wait_for(lambda: gallery.elsewhere.counts["sent once more"])
    wait_for(lambda: not job.progress.note)


def test_a_job_whose_worker_is_killed_begins_once_more(gallery, ray):
    job = running(gallery, ray)
    kill_the_worker_of(job, gallery, ray)
    wait_for(lambda: job.ended or job.progress.note)
    assert job.state == "running"
    job.cancel()
    wait_for(lambda: job.ended)
    assert gallery.elsewhere.counts["computed here"] == 0


def test_a_job_that_loses_two_workers_ends_in_words(gallery, ray):
    job = running(gallery, ray)
    kill_the_worker_of(job, gallery, ray)
    wait_for(lambda: job.progress.note)
    ray.workers("why_now")[0].kill()
    with pytest.raises(JobError, match="stopped, twice"):
        job.result()


def test_another_galleries_secret_is_not_let_in(ray):
    stranger = build_engine(Settings(engine="ray", ray_url=ray.url, ray_secret="a guess"))
    wait_for(lambda: stranger.elsewhere.families)
    steps = stranger.elsewhere.perform(compare, 1)
    next(steps)
    wait_for(lambda: next(steps) and "DLINTRO_RAY_SECRET" in stranger.elsewhere.notice)
    steps.close()
    stranger.elsewhere.close()
    stranger.queue.shutdown()


def test_without_ray_the_gallery_goes_on_and_says_so_until_it_is_back(gallery, ray, open_page, monkeypatch):
    """Last in this file: it ends Ray, and has only one demo served again."""
    monkeypatch.setattr(process, "_built", [gallery])
    job = running(gallery, ray)
    ray.kill()
    wait_for(lambda: gallery.elsewhere.counts["computed here"])
    wait_for(lambda: gallery.elsewhere.notice == GONE)
    before = cpu_of([psutil.Process()])
    wait_for(lambda: job.ended or cpu_of([psutil.Process()]) > before + 1)
    assert job.state == "running"
    job.cancel()
    assert GONE in [each.value for each in open_page("status").warning]
    assert any(GONE in each.value for each in open_page("medicine", do="Weigh the risk").caption)
    ray.start("why_now", "medicine")
    wait_for(lambda: gallery.elsewhere.families == {"why_now", "medicine"})
    assert "faces" in gallery.elsewhere.notice
    before = gallery.elsewhere.counts["sent to Ray"]
    assert not open_page("medicine", do="Say how you feel").exception
    assert gallery.elsewhere.counts["sent to Ray"] > before
