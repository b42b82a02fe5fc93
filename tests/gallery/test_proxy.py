"""The gallery behind nginx, as docs/deployment.md says: TLS, websocket, another port."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import suppress

import pytest
from websockets.exceptions import InvalidStatus

from dlintro_demos.gallery.settings import REPOSITORY
from tests.gallery.tab import Tab

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
pytestmark = [pytest.mark.reports, pytest.mark.skipif(NGINX is None, reason="no nginx is installed")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(folder):
    """A self-made one for localhost: `pem` and `key` in the folder."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key", "-out", folder / "pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def answering(port):
    """Wait until something takes connections there."""
    deadline = time.monotonic() + 10
    while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < deadline:
        time.sleep(0.1)


@pytest.fixture(scope="module")
def behind(look_inside, tmp_path_factory):
    """Address of the proxy, a TLS context that knows it, and a way to look into the gallery."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    certificate(folder)
    (block,) = re.findall("```nginx\n(.*?)```", (REPOSITORY / "docs/deployment.md").read_text(), re.DOTALL)
    with look_inside(DLINTRO_TRUSTED_PROXIES="127.0.0.1", until="/_stcore/health") as (url, inside):
        for old, new in (
            ("listen 8443", f"listen 127.0.0.1:{port}"),
            ("/etc/ssl/gallery.pem", f"{folder}/pem"),
            ("/etc/ssl/gallery.key", f"{folder}/key"),
            ("http://127.0.0.1:8501", url),
        ):
            assert old in block
            block = block.replace(old, new)
        (folder / "conf").write_text(
            f"pid {folder}/pid; daemon off; error_log {folder}/log; events {{}} http {{ {block} }}"
        )
        nginx = subprocess.Popen([NGINX, "-p", folder, "-c", folder / "conf"])
        answering(port)
        try:
            yield f"https://localhost:{port}", ssl.create_default_context(cafile=folder / "pem"), inside
        finally:
            nginx.terminate()
            nginx.wait()


def test_a_visitor_comes_through_the_proxy_and_uploads(behind):
    """Behind a proxy on another port only the exact Host worked, and nothing said how."""
    url, trust, _ = behind
    tab = Tab(url, "super_resolution", ssl=trust).run().choose("Which picture", "My photo")
    (place,) = tab.ask_where("cat.png")
    origin = {"Origin": url}
    assert tab.put(place.upload_url, "cat.png", bytes(2 << 20), headers=origin) == (204, "")
    (place,) = tab.ask_where("lion.png")
    with suppress(OSError):  # nobody reads all of it: nginx may find the door shut while it still sends
        assert tab.put(place.upload_url, "lion.png", bytes(30 << 20), headers=origin)[0] in {413, 502}
    tab.until("script_finished")  # the page runs again by itself
    (said,) = [alert.body for alert in tab.of("alert") if "lion" in alert.body]
    assert "was refused. It has 30.0 MB; the limit is 20 MB a file" in said
    tab.close()


def test_another_site_is_refused_behind_the_proxy_too(behind):
    url, trust, _ = behind
    tab = Tab(url, ssl=trust)
    assert tab.http("GET", "/", headers={"Origin": "https://elsewhere.example"})[0] == 403
    assert tab.http("GET", "/_stcore/metrics")[0] == 404
    tab.close()
    with pytest.raises(InvalidStatus):
        Tab(url, ssl=trust, origin="https://elsewhere.example")
