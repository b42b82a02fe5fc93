"""A visitor without a browser: opens pages, shows files and presses buttons over HTTP and the websocket."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

PATIENCE = 90.0


def elements(deltas):
    """What stands on a page, by type."""
    return [
        (delta.new_element.WhichOneof("type"), delta.new_element)
        for delta in deltas
        if delta.WhichOneof("type") == "new_element"
    ]


OPENED: list = []


@dataclass
class Tab:
    """One tab at one page; `cookie` and `host` are the browser's, which its tabs share."""

    url: str
    page: str = ""
    query: str = ""
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    ssl: object = None
    origin: str = ""

    def __post_init__(self):
        self.states: dict[str, WidgetState] = {}
        self.session = self.page_hash = ""
        self.deltas: list = []
        self.places: dict = {}  # what stood last at each place of the page
        where = urlsplit(self.url)
        scheme = {"http": "ws", "https": "wss"}[where.scheme]
        self.socket = connect(
            f"{scheme}://{where.netloc}/_stcore/stream",
            subprotocols=["streamlit"],
            origin=self.origin or f"{where.scheme}://{where.netloc}",
            additional_headers=self._headers(),
            max_size=None,
            open_timeout=PATIENCE,
            close_timeout=0.2,  # it would wait for messages that nobody reads
            ssl=self.ssl,
            proxy=None,
            legacy=True,
        )
        OPENED.append(self)

    def _headers(self):
        return self.headers | ({"Cookie": self.cookie} if self.cookie else {})

    def send(self, message: BackMsg):
        self.socket.send(message.SerializeToString())

    def start(self):
        """Ask for the page, without waiting for it."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.widget_states.widgets.extend(self.states.values())
        if self.page_hash:
            message.rerun_script.page_script_hash = self.page_hash
        else:
            message.rerun_script.page_name = self.page
        self.deltas, self.places = [], {}
        self.send(message)
        for state in list(self.states.values()):
            if state.WhichOneof("value") == "trigger_value":
                del self.states[state.id]
        return self

    def run(self):
        """Ask for the page and wait until it has run to its end; gives itself."""
        self.start()
        return self.until("script_finished")

    def until(self, kind):
        deadline = time.monotonic() + PATIENCE
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.socket.recv(timeout=max(0.1, deadline - time.monotonic())))
            found = message.WhichOneof("type")
            if found == "new_session":
                self.session = message.new_session.initialize.session_id
                self.page_hash = message.new_session.page_script_hash
                self.deltas, self.places = [], {}
            elif found == "navigation" and message.navigation.page_script_hash:
                self.page_hash = message.navigation.page_script_hash
            elif found == "delta":
                self.deltas.append(message.delta)
                self._place(tuple(message.metadata.delta_path), message.delta)
            elif found == "file_urls_response":
                self.urls = message.file_urls_response
            elif found == "backend_operation_response":
                self.ready = message.backend_operation_response
            if found == kind and not (kind == "script_finished" and message.script_finished > 1):
                return self

    def _place(self, place, delta):
        """Put an element or a container at its place: a new one has none of what was inside the old one."""
        if place in self.places:
            for inside in [each for each in self.places if each[: len(place)] == place]:
                del self.places[inside]
        self.places[place] = delta

    def of(self, kind):
        """The elements of a type."""
        return [getattr(element, kind) for found, element in elements(self.deltas) if found == kind]

    def press(self, label):
        """Press a button and wait for the page."""
        button = next(each for each in self.of("button") if label in each.label)
        self.states[button.id] = WidgetState(id=button.id, trigger_value=True)
        return self.run()

    def download(self, label):
        """Press a button of a file that is made when it is asked for; gives the file's address."""
        button = next(each for each in self.of("download_button") if label in each.label)
        message = BackMsg()
        asked = message.backend_operation_request
        asked.request_id, asked.session_id = secrets.token_hex(4), self.session
        asked.deferred_file.file_id = button.deferred_file_id
        self.send(message)
        return self.until("backend_operation_response").ready.deferred_file.url

    def ask_where(self, *names):
        """Where the files may be put."""
        message = BackMsg()
        message.file_urls_request.request_id = secrets.token_hex(4)
        message.file_urls_request.file_names.extend(names)
        message.file_urls_request.session_id = self.session
        self.send(message)
        return self.until("file_urls_response").urls.file_urls

    def _form(self, name, data, headers):
        boundary = "----a7b9c2"
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode() + data + f"\r\n--{boundary}--\r\n".encode()  # fmt: skip
        token = self.cookie.partition("_streamlit_xsrf=")[2] or "2|00000000|" + "0" * 32 + "|1"
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        cookies = f"_streamlit_xsrf={token}"
        return body, kind | {"X-Xsrftoken": token, "Cookie": cookies} | self.headers | (headers or {})

    def put(self, address, name, data, *, headers=None):
        """Upload as a browser does; gives the answer's status and its words."""
        return self.http("PUT", address, *self._form(name, data, headers))

    def begin_put(self, address, name, data):
        """Upload all but the last bytes; `finish()` sends these."""
        return HalfSent(self.url, address, *self._form(name, data, None))

    def http(self, method, path, body=None, headers=None):
        where = urlsplit(self.url)
        if where.scheme == "https":
            connection = http.client.HTTPSConnection(where.netloc, timeout=PATIENCE, context=self.ssl)
        else:
            connection = http.client.HTTPConnection(where.netloc, timeout=PATIENCE)
        with closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")

    def show(self, name, data, number=0):
        """Put a file into an uploader of the page and wait for the page."""
        return self.begin_show(name, data, number).until("script_finished")

    def begin_show(self, name, data, number=0):
        """Put a file into an uploader of the page, and wait for nothing."""
        uploader = self.of("file_uploader")[number]
        (place,) = self.ask_where(name)
        status, words = self.put(place.upload_url, name, data)
        assert status == 204, (status, words)
        state = WidgetState(id=uploader.id)
        file = state.file_uploader_state_value.uploaded_file_info.add()
        file.file_id, file.name, file.size = place.file_id, name, len(data)
        file.file_urls.CopyFrom(place)
        self.states[uploader.id] = state
        return self.start()

    def choose(self, label, option):
        """Choose an option of a row of buttons and wait for the page."""
        row = next(
            each
            for each in self.of("button_group")
            if label in each.label and any(option in str(choice) for choice in each.options)
        )
        texts = [f"{choice.content_icon} {choice.content}".strip() for choice in row.options]
        chosen = next(text for text in texts if option in text)
        self.states[row.id] = WidgetState(id=row.id)
        self.states[row.id].string_array_value.data.append(chosen)
        return self.run()

    def close(self):
        self.socket.close()


@contextmanager
def closing_tabs():
    """Close the tabs that were opened meanwhile: one that a failing test leaves would fail those after it."""
    yield
    while OPENED:
        OPENED.pop().close()


class HalfSent:
    """An upload on its way."""

    def __init__(self, url, address, body, headers):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        self.rest = body[-100:]
        self.connection.putrequest("PUT", address)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.connection.putheader(name, value)
        self.connection.endheaders(body[:-100])

    def finish(self):
        """Send the rest; gives the answer's status and its words."""
        with closing(self.connection):
            self.connection.send(self.rest)
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")


class Inside:
    """Questions to a server that `inspected.py` has started."""

    def __init__(self, path):
        self.path = path

    def ask(self, question, **values):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.path))
            line.sendall(json.dumps({"question": question} | values).encode() + b"\n")
            return json.loads(line.makefile().readline())

    def until(self, seconds, question, wanted, **values):
        """Ask until the answer is the wanted one; gives the last answer."""
        deadline = time.monotonic() + seconds
        while (answer := self.ask(question, **values)) != wanted and time.monotonic() < deadline:
            time.sleep(0.2)
        return answer
