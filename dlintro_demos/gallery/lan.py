"""Under which address a phone in the room finds this gallery, without asking the internet."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

import psutil

from dlintro_demos.gallery.settings import Settings

# Networks within this computer, or tunnels out of the room.
INNER = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "vEthernet", "tun", "tap", "utun", "wg", "zt")


def gallery_address(settings: Settings, seen: str = "") -> str | None:
    """The gallery's address for other devices, as `http://192.168.1.5:8501`; None where none can reach it.

    It is `settings.public_address`; or else that of the page that a visitor has `seen`, if they came from
    another computer; or else this computer's own in its network, if the gallery listens there.
    """
    if settings.public_address:
        return settings.public_address.rstrip("/")
    return _origin(seen) or _listening(settings)


def lan_address() -> str | None:
    """This computer's IPv4 address in the room's network; None where it is in none."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        (name.startswith(INNER), not address.is_private, str(address))
        for name, entries in psutil.net_if_addrs().items()
        for entry in entries
        if name in up and entry.family == socket.AF_INET
        for address in [ipaddress.ip_address(entry.address)]
        if not (address.is_loopback or address.is_link_local)
    ]
    return min(found)[2] if found else None


def _origin(seen: str) -> str | None:
    try:
        parts = urlsplit(seen)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or _only_here(host):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _listening(settings: Settings) -> str | None:
    if _only_here(settings.address):
        return None
    try:
        everywhere = ipaddress.ip_address(settings.address).is_unspecified
    except ValueError:  # a name
        everywhere = False
    host = lan_address() if everywhere else settings.address
    if host is None:
        return None
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def _only_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
