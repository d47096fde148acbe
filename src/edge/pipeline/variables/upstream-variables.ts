/**
 * Which servers were asked, and what they have answered. Of several, the values stand in a list: behind a comma the next one that was asked, behind a colon those of
 * the location to which the server itself has sent the request.
 */

import type { AskedServer } from '../asked-servers.ts';
import type { Variable, VariableFamily, VariableTable } from './variable.ts';

const UNKNOWN = '-';

export const UPSTREAM_VARIABLES: VariableTable = {
  upstream_addr: listOf(({ peer }) => peer),
  upstream_status: listOf(({ status }) => (status === 0 ? UNKNOWN : String(status))),
  upstream_connect_time: listOf(({ connectMs }) => seconds(connectMs)),
  upstream_header_time: listOf(({ headMs }) => seconds(headMs)),
  upstream_response_time: listOf(({ wholeMs }) => seconds(wholeMs)),
  upstream_response_length: listOf(({ bodyBytes }) => String(bodyBytes)),
  upstream_bytes_received: listOf(({ receivedBytes }) => String(receivedBytes)),
  upstream_bytes_sent: listOf(({ sentBytes }) => String(sentBytes)),
};

function listOf(textOf: (server: AskedServer) => string): Variable {
  return ({ askedServers: asked }) => {
    if (asked === undefined || asked.tries.length === 0) {
      return undefined;
    }
    let text = '';
    let isFirst = true;
    for (const server of asked.tries) {
      if (server === undefined) {
        text += ' : ';
        isFirst = true;
      } else {
        text += isFirst ? textOf(server) : `, ${textOf(server)}`;
        isFirst = false;
      }
    }
    return text;
  };
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? UNKNOWN : (Math.trunc(ms) / 1000).toFixed(3);
}

/** All fields of the name are one list, as those of the request are. */
export const upstreamFieldVariable: VariableFamily = (name) => {
  const lower = name.replaceAll('_', '-');
  return ({ askedServers: asked }) => {
    const values = (asked?.fields ?? []).filter((field) => field.lower === lower).map(({ value }) => value);
    return values.length === 0 ? undefined : values.join(', ');
  };
};

export const upstreamTrailerVariable: VariableFamily = (name) => {
  const lower = name.replaceAll('_', '-');
  return ({ askedServers: asked }) => asked?.trailers.find((field) => field.lower === lower)?.value;
};

/** The value of a cookie that the server sets. Spaces around the equals sign are no part of it, as with nginx. */
export const upstreamCookieVariable: VariableFamily = (name) => {
  const pair = new RegExp(`^${name.replace(/\W/g, '\\$&')} *= *([^;]*)`, 'i');
  return ({ askedServers: asked }) => {
    for (const { lower, value } of asked?.fields ?? []) {
      const found = lower === 'set-cookie' ? pair.exec(value) : null;
      if (found !== null) {
        return found[1];
      }
    }
    return undefined;
  };
};
