/** The protocol in which a content asks its servers. */

import type { ProxyContent, ProxyPolicy } from '../../../config/model/proxying.ts';
import { unreachable } from '../../../kernel/unreachable.ts';
import type { Wire } from '../../../upstream/wire.ts';
import { FastcgiWire } from '../../../upstream/wires/fastcgi-wire.ts';
import { Http1Wire } from '../../../upstream/wires/http1-wire.ts';
import { MemcachedWire } from '../../../upstream/wires/memcached-wire.ts';
import { ScgiWire } from '../../../upstream/wires/scgi-wire.ts';
import { UwsgiWire } from '../../../upstream/wires/uwsgi-wire.ts';

export function wireOf({ protocol }: ProxyContent, { request, response: { headBytesMax } }: ProxyPolicy): Wire {
  switch (protocol) {
    case 'http':
      return new Http1Wire({ version: request.httpVersion, headBytesMax });
    case 'uwsgi': {
      const { modifier1 = 0, modifier2 = 0, packet = '' } = request.uwsgi ?? {};
      return new UwsgiWire({ modifier1, modifier2, tail: packet, headBytesMax });
    }
    case 'fastcgi': {
      const { keepsConnection = false, faults = [] } = request.fastcgi ?? {};
      return new FastcgiWire({ keepsConnection, faults, headBytesMax });
    }
    case 'scgi':
      return new ScgiWire(headBytesMax);
    case 'memcached':
      return new MemcachedWire(request.memcachedGzipFlag ?? 0);
    default:
      return unreachable(protocol);
  }
}
