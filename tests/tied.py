"""`python tests/tied.py DOOR COMMAND...`: a server that ends with the tests, however they end.

It runs for as long as somebody holds the standard input of this process open. Where DOOR is the number of a
listening socket, the server waits for a visitor to knock there, and then takes its place; where DOOR is `-`,
it starts at once.
"""

import select
import socket
import subprocess
import sys
import threading

PATIENCE = 20  # seconds to end in good order


def wait_for_a_knock(number: int) -> None:
    """Close the door when somebody connects to it; leave where the tests end before."""
    with socket.socket(fileno=number) as door:
        ready, _, _ = select.select([door, sys.stdin], [], [])
    if door not in ready:
        sys.exit()


def end_with_the_tests(server: subprocess.Popen) -> None:
    """Wait until nobody holds our standard input open, and end the server."""
    sys.stdin.buffer.read()
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()


if __name__ == "__main__":
    door, *command = sys.argv[1:]
    if door != "-":
        wait_for_a_knock(int(door))
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=end_with_the_tests, args=(server,), daemon=True).start()
    sys.exit(server.wait())
