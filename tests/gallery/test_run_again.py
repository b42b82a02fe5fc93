"""What the server starts over: only a run that has taken what its browser sent, or none at all."""

from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context_attr import SCRIPT_RUN_CONTEXT_ATTR_NAME

from dlintro_demos.gallery.ui import run_again as module


class Session:
    """An `AppSession` with a run in some state; what is asked of it is noted."""

    def __init__(self, requests, *, begun, running):
        context = SimpleNamespace(has_script_started=begun, query_string="a=1", page_script_hash="page")
        context.context_info = None
        thread = SimpleNamespace(**{SCRIPT_RUN_CONTEXT_ATTR_NAME: context})
        self._scriptrunner = SimpleNamespace(
            _requests=requests, _script_thread=thread, _execing=running, request_rerun=requests.request_rerun
        )
        self.id = "one"
        self._client_state = ClientState(page_script_hash="page")
        self.session_state = SimpleNamespace(get_widget_states=list)
        self.later, self.made = [], []
        self._event_loop = SimpleNamespace(call_later=lambda *asked: self.later.append(asked))
        self._create_scriptrunner = self.made.append


def taken():
    """Requests whose first one, of the browser, a run has taken."""
    requests = ScriptRequests()
    requests.request_rerun(RerunData())
    assert requests.on_scriptrunner_ready().type is ScriptRequestType.RERUN
    return requests


@pytest.mark.parametrize("begun", [False, True])
def test_a_run_is_started_over_only_when_it_has_taken_what_its_browser_sent(begun):
    """One that was about to begin was: the browser's “this file is gone” was lost, and its result stayed."""
    requests = taken()
    session = Session(requests, begun=begun, running=True)
    module._run(session)
    again = requests.on_scriptrunner_yield()
    assert (again is not None) == begun
    if again:
        assert again.rerun_data.page_script_hash == "page"
        assert again.rerun_data.query_string == "a=1"
    assert not session.later
    assert not session.made


def test_between_two_runs_it_is_asked_again_in_a_moment():
    requests = taken()
    session = Session(requests, begun=True, running=False)
    module._run(session)
    assert requests.on_scriptrunner_yield() is None
    assert session.later == [(module.SOON, module.run_again, "one")]
    assert not session.made


def test_what_has_ended_is_run_anew():
    requests = ScriptRequests()
    requests.request_stop()
    for begun in (False, True):
        session = Session(requests, begun=begun, running=False)
        module._run(session)
        assert [made.page_script_hash for made in session.made] == ["page"]
        assert not session.later
