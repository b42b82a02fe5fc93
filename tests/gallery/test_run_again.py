"""What the server starts over: only a run that has taken what its browser sent, or none at all."""

from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context_attr import SCRIPT_RUN_CONTEXT_ATTR_NAME

from dlintro_demos.gallery.ui import run_again as module


class Session:
    """An `AppSession` with a run in some state; what is asked of it is noted."""

    def __init__(self, requests, *, begun, running, fragments=None):
        context = SimpleNamespace(has_script_started=begun, query_string="a=1", page_script_hash="page")
        context.context_info, context.fragment_ids_this_run = None, fragments
        thread = SimpleNamespace(**{SCRIPT_RUN_CONTEXT_ATTR_NAME: context})
        self._scriptrunner = SimpleNamespace(
            _requests=requests, _script_thread=thread, _execing=running, request_rerun=requests.request_rerun
        )
        self.id = "one"
        self._client_state = ClientState(page_script_hash="page", query_string="b=2")
        self.session_state = SimpleNamespace(get_widget_states=lambda: [WidgetState(id="w", int_value=3)])
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


@pytest.mark.parametrize(("begun", "fragments"), [(True, None), (False, ["game"])])
def test_between_two_runs_and_before_that_of_a_fragment_it_is_asked_again_in_a_moment(begun, fragments):
    requests = taken()
    session = Session(requests, begun=begun, running=False, fragments=fragments)
    module._run(session)
    assert requests.on_scriptrunner_yield() is None
    assert session.later == [(module.SOON, module.run_again, "one")]
    assert not session.made


@pytest.mark.parametrize("fragment", [None, "game"])
def test_a_run_of_the_page_that_waits_its_turn_is_enough_and_one_of_a_fragment_is_not(fragment):
    requests = taken()
    requests.request_rerun(RerunData(fragment_id=fragment, query_string="c=3"))
    session = Session(requests, begun=True, running=True)
    module._run(session)
    assert len(session.later) == (fragment is not None)
    assert requests.on_scriptrunner_ready().rerun_data.query_string == "c=3"
    assert not session.made


def test_what_has_ended_is_run_anew():
    requests = ScriptRequests()
    requests.request_stop()
    for begun in (False, True):
        session = Session(requests, begun=begun, running=False)
        module._run(session)
        (made,) = session.made
        assert (made.page_script_hash, made.query_string) == ("page", "b=2")
        assert [state.int_value for state in made.widget_states.widgets] == [3]
        assert not session.later
