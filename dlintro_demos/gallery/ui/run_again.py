"""Run a visitor's page anew because of what happened on the server, not because of what they did on it."""

from __future__ import annotations

from typing import cast

from streamlit import runtime
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequestType
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.scriptrunner_utils.script_run_context_attr import SCRIPT_RUN_CONTEXT_ATTR_NAME
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

SOON = 0.02  # seconds


def run_again(session_id: str) -> None:
    """Run the page of a session, with its widgets as they are; to be called on the event loop.

    A run of the page that is under way starts over. One that is about to begin needs no other: it sees what
    has happened; and to start it over would lose what its browser sent with it. Between two runs, and before
    a fragment's, it is asked again in a moment.
    """
    sessions = cast(WebsocketSessionManager, runtime.get_instance()._session_mgr)
    if (info := sessions.get_active_session_info(session_id)) is not None:
        _run(info.session)


def _run(session: AppSession) -> None:
    runner = session._scriptrunner
    if runner is None or (requests := runner._requests)._state is ScriptRequestType.STOP:
        _begin(session)
        return
    context: ScriptRunContext | None = getattr(runner._script_thread, SCRIPT_RUN_CONTEXT_ATTR_NAME, None)
    waits = requests._state is ScriptRequestType.RERUN
    if waits or context is None or not context.has_script_started:
        part = requests._rerun_data.fragment_id_queue if waits else context and context.fragment_ids_this_run
        if part:
            session._event_loop.call_later(SOON, run_again, session.id)
        return
    if not runner._execing:
        session._event_loop.call_later(SOON, run_again, session.id)
        return
    again = RerunData(
        query_string=context.query_string,
        page_script_hash=context.page_script_hash,
        context_info=context.context_info,
    )
    if not runner.request_rerun(again):
        _begin(session)


def _begin(session: AppSession) -> None:
    before = session._client_state
    states = WidgetStates()
    states.widgets.extend(session.session_state.get_widget_states())
    session._create_scriptrunner(
        RerunData(
            query_string=before.query_string,
            page_script_hash=before.page_script_hash,
            context_info=before.context_info,
            widget_states=states,
        )
    )
