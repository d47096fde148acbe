/**
 * Which of a client's offers of permessage-deflate is accepted, and how (RFC 7692 5 and 7.1). Offers come in the client's order
 * of preference; the first that can be met is taken. One is declined if a parameter is unknown, comes twice, or has a value
 * that it must not have.
 *
 * A response says no more than it has to. Some clients refuse parameters that they did not offer, so a smaller window of ours,
 * which every client can read, is not announced.
 */

import type { Extension } from './extension-list.ts';

/** What both sides keep to. Sizes of windows are powers of two. */
export interface DeflateParameters {
  /** Our compressor begins each message without memory of the one before. */
  readonly serverNoContextTakeover: boolean;
  /** The client's does. */
  readonly clientNoContextTakeover: boolean;
  /** The largest window that we may compress with. */
  readonly serverMaxWindowBits: number;
  /** The largest window that the client compresses with. */
  readonly clientMaxWindowBits: number;
}

export interface AgreedDeflate {
  readonly parameters: DeflateParameters;
  /** The value of Sec-WebSocket-Extensions in the response. */
  readonly field: string;
}

const NAME = 'permessage-deflate';
/** RFC 7692 7.1.2: decimal, without leading zeroes. */
const WINDOW_BITS = /^(?:[89]|1[0-5])$/;
/** RFC 1951's own limit, and what applies where nothing is said. */
const WINDOW_BITS_MAX = 15;
/** zlib does not make raw streams for a window of 256 bytes; it reads them. */
const SERVER_WINDOW_BITS_MIN = 9;

/**
 * `clientWindowBitsMax` is the window that clients are asked to keep to if they let us ask: it is memory of each connection.
 * Undefined if no offer can be met: the connection goes on without compression.
 */
export function acceptDeflate(
  offers: readonly Extension[],
  clientWindowBitsMax: number = WINDOW_BITS_MAX,
): AgreedDeflate | undefined {
  for (const { name, parameters } of offers) {
    const values = new Map(parameters.map((parameter) => [parameter.name, parameter.value]));
    // A name that came twice is one entry only.
    if (name === NAME && values.size === parameters.length) {
      const agreed = acceptOffer(values, clientWindowBitsMax);
      if (agreed !== undefined) {
        return agreed;
      }
    }
  }
  return undefined;
}

function acceptOffer(
  values: ReadonlyMap<string, string | undefined>,
  clientWindowBitsMax: number,
): AgreedDeflate | undefined {
  let serverNoContextTakeover = false;
  let clientNoContextTakeover = false;
  let serverMaxWindowBits = WINDOW_BITS_MAX;
  let clientMaxWindowBits = WINDOW_BITS_MAX;
  let field = NAME;
  for (const [name, value] of values) {
    if (name === 'server_no_context_takeover' && value === undefined) {
      serverNoContextTakeover = true;
      field += `; ${name}`;
    } else if (name === 'client_no_context_takeover' && value === undefined) {
      clientNoContextTakeover = true;
      field += `; ${name}`;
    } else if (name === 'server_max_window_bits' && isWindowBits(value) && Number(value) >= SERVER_WINDOW_BITS_MIN) {
      serverMaxWindowBits = Number(value);
      field += `; ${name}=${value}`;
    } else if (name === 'client_max_window_bits' && (value === undefined || isWindowBits(value))) {
      clientMaxWindowBits = Math.min(Number(value ?? WINDOW_BITS_MAX), clientWindowBitsMax);
      field += `; ${name}=${clientMaxWindowBits}`;
    } else {
      return undefined;
    }
  }
  return {
    parameters: { serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits },
    field,
  };
}

function isWindowBits(value: string | undefined): value is string {
  return value !== undefined && WINDOW_BITS.test(value);
}
