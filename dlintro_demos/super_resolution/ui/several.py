"""Several photos in one go: one after the other through the queue, and home in one zip."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dlintro_demos.gallery.intake.archive import safe_name
from dlintro_demos.gallery.intake.picture_formats import WORDS
from dlintro_demos.gallery.process import engine
from dlintro_demos.gallery.settings import MB
from dlintro_demos.gallery.ui.pictures import image_limits
from dlintro_demos.gallery.ui.privacy import own_computers
from dlintro_demos.gallery.ui.run_job import run_job
from dlintro_demos.gallery.ui.session import visitor
from dlintro_demos.gallery.ui.show import show_pictures
from dlintro_demos.gallery.ui.uploader import bring_files
from dlintro_demos.gallery.words import counted, plain
from dlintro_demos.super_resolution.experiment import Request
from dlintro_demos.super_resolution.saying import in_pixels
from dlintro_demos.super_resolution.several import Enlarged, enlarge_file, names_in_zip, zip_all
from dlintro_demos.super_resolution.ui.fitting import MY_SHARE, fit_now, scales_up_to
from dlintro_demos.super_resolution.ui.wishes import ask_how, left_to_the_machine

MOST = 20  # photos in one go


def enlarge_several(*, only_enlarged: bool) -> None:
    """Ask for photos, enlarge each as far as the limits allow, and offer them; errors stand by the photo.

    `only_enlarged` is whether something else was asked for, which is for a single photo.
    """
    limits = engine().settings
    given = bring_files(f"Up to {MOST} photos: {WORDS}, up to {limits.upload_mb} MB each", name="several")
    if only_enlarged:
        st.caption("Several photos are only enlarged. To blur one first, choose “My photo”.")
    result = st.container()
    asked = ask_how(None, scale=None)
    with result:
        if not given:
            st.info(
                f"They go no further than {own_computers()}, and are kept for this visit only.",
                icon=":material/lock:",
            )
            return
        if len(given) > MOST:
            st.warning(f"The first {MOST} of your {len(given)} photos are taken. Give the rest after them.")
        _enlarge_all(given[:MOST], asked)


def _enlarge_all(photos: Sequence[UploadedFile], asked: Request) -> None:
    share = round(engine().settings.session_results_mb * MB * MY_SHARE)
    line, board = st.empty(), st.empty()
    done: list[tuple[str, Enlarged]] = []
    for number, photo in enumerate(photos, start=1):
        room = share - sum(len(each.file) for _, each in done)
        one = _enlarge_one(photo, asked, room, f"{number} of {len(photos)}, {plain(_short(photo.name))}")
        if one is None:
            if (seat := visitor().seats.get(_slot(photo))) and seat.stopped:
                break  # and with it those that follow, until it is started again
        elif problem := _problem(one, share):
            st.warning(f"**{plain(_short(photo.name))}:** {problem}", icon=":material/broken_image:")
        else:
            done.append((photo.name, one))
            line.caption(f"{counted(len(done), 'photo')} of {len(photos)} done.")
            with board.container():
                _show(done)
    if done:
        _offer(done)


def _enlarge_one(photo: UploadedFile, asked: Request, room: int, label: str) -> Enlarged | None:
    key = (photo.file_id, asked, left_to_the_machine(asked))
    plan = partial(fit_now, method=asked.method, scales=scales_up_to(asked.scale))
    work = (photo.getvalue(), image_limits(), engine().decoding, plan, asked, key[2], room, engine().cache)
    one = run_job(_slot(photo), key, enlarge_file, *work, label=label, long=True)
    if one is not None and not one.file and 0 < one.needed <= room:  # another one has gone since
        one = run_job(_slot(photo), (*key, room), enlarge_file, *work, label=label, long=True)
    return one


def _slot(photo: UploadedFile) -> str:
    return f"several-{photo.file_id}"


def _problem(one: Enlarged, share: int) -> str:
    """Why there is nothing of a photo; "" where there is."""
    if one.file:
        return ""
    return one.problem or (
        f"There is no more room: its result has {one.needed / MB:.1f} MB, and those of one visit may have "
        f"{share / MB:.2g} MB. Download what is done, remove those photos above, and it has its turn."
    )


def _show(done: Sequence[tuple[str, Enlarged]]) -> None:
    show_pictures(
        [(one.thumbnail, f"{name}, enlarged") for name, one in done],
        width=152,
        captions=[
            f"{_short(name)}: {in_pixels(one.before)} became {in_pixels(one.after)}" for name, one in done
        ],
    )


def _offer(done: Sequence[tuple[str, Enlarged]]) -> None:
    me = visitor()
    names = names_in_zip([(name, f" {one.scale}x.{one.ending}") for name, one in done])
    files = list(zip(names, (one.file for _, one in done), strict=True))
    size = sum(len(data) for _, data in files) / MB
    st.download_button(
        f"Download {counted(len(files), 'photo')} (zip, {size:.1f} MB)",
        lambda: me.errand(zip_all, files),
        file_name="sharpened.zip",
        mime="application/zip",
        on_click="ignore",
        icon=":material/download:",
    )


def _short(name: str) -> str:
    """A file's name without a path, to be said; a long one loses its beginning."""
    safe = safe_name(name)
    return safe if len(safe) <= 40 else f"…{safe[-39:]}"
