"""What a fragment's run leaves unsaid when it starts over: no element without the block that it stands in."""

from __future__ import annotations

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


def drop_orphans() -> None:
    """Drop references to elements whose block is dropped.

    Where a fragment starts over, Streamlit drops what its browser was not told yet; but an element that the
    browser has kept from before is a reference, which bears no fragment's name, and stays. Told to put it
    into a block that it never heard of, the browser shows an empty page.
    """
    clear_ = ForwardMsgQueue.clear

    def clear(
        queue: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        before = queue._queue
        clear_(queue, retain_lifecycle_msgs, fragment_ids_this_run)
        if fragment_ids_this_run is None:
            return
        stay = {id(message) for message in queue._queue}
        gone = [
            list(message.metadata.delta_path)
            for message in before
            if message.HasField("delta") and message.delta.HasField("add_block") and id(message) not in stay
        ]
        queue._queue = [
            message
            for message in queue._queue
            if not message.HasField("ref_hash")
            or not any(list(message.metadata.delta_path[: len(path)]) == path for path in gone)
        ]

    ForwardMsgQueue.clear = clear  # type: ignore[assignment, method-assign]
