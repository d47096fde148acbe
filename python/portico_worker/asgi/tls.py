"""What an application is told of a TLS connection (ASGI specification, "TLS Extension"), from the element of a block part."""

from __future__ import annotations

import json
from typing import Any

from portico_worker import lanes

Tls = dict[str, Any]

_KINDS: dict[str, tuple[type, ...]] = {
    'client_cert_chain': (list,),
    'client_cert_name': (str, type(None)),
    'client_cert_error': (str, type(None)),
    'tls_version': (int, type(None)),
    'cipher_suite': (int, type(None)),
}


def read_tls(element: bytes, server_certificate: str) -> Tls:
    """Raises lanes.Fault if these bytes are no such element."""
    try:
        facts = json.loads(element.decode('utf-8'))
    except (ValueError, RecursionError):
        raise lanes.Fault('lanes.request-head') from None
    if not _is_sound(facts):
        raise lanes.Fault('lanes.request-head')
    return {'server_cert': server_certificate or None, **facts}


def copy_tls(tls: Tls) -> Tls:
    """One that an application may change."""
    copy = tls.copy()
    copy['client_cert_chain'] = copy['client_cert_chain'].copy()
    return copy


def _is_sound(facts: object) -> bool:
    return (
        isinstance(facts, dict)
        and facts.keys() == _KINDS.keys()
        # Not isinstance: to that, true and false are numbers.
        and all(type(facts[key]) in kinds for key, kinds in _KINDS.items())
        and all(type(certificate) is str for certificate in facts['client_cert_chain'])
    )
