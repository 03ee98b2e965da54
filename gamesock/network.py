"""Whose network a host is in, as far as its name or address says."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether this is the machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(host: str) -> bool:
    """Whether this is a network of one's own: the local stack, a container."""
    if host == "localhost" or host.endswith((".localhost", ".internal", ".local")) or "." not in host:
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
