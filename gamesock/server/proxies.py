"""Whose word counts on where a connection comes from: the proxies that were named, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

FORWARDED = "x-forwarded-for"


class Proxies:
    """The addresses of trusted proxies: ``127.0.0.1``, ``10.0.0.0/8``, ``::1``.

    Raises:
        ValueError: one of them is neither an address nor a network.
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        self._trusted: list[IPv4Network | IPv6Network] = []
        for text in trusted:
            try:
                self._trusted.append(ip_network(text.strip(), strict=False))
            except ValueError:
                raise ValueError(
                    f"{text!r} is no address of a proxy: use one like 127.0.0.1 or 10.0.0.0/8"
                ) from None

    def client(self, peer: str, forwarded: str) -> str:
        """The client's address: the peer's own, or what trusted proxies say (``X-Forwarded-For``).

        Each proxy appends whom it heard from; what a client wrote there itself stands further left, and is
        never reached.
        """
        address = peer
        for hop in reversed(forwarded.split(",")):
            if not self._trusts(address):
                break
            said = _address(hop)
            if said is None:
                break
            address = said
        return address

    def _trusts(self, address: str) -> bool:
        known = _address(address)
        return known is not None and any(ip_address(known) in network for network in self._trusted)


def _address(text: str) -> str | None:
    """An address as one spells it: without a port or brackets, IPv4 in IPv6 as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
