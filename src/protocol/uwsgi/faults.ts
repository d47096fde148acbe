/** What a peer can do wrong in a packet of uwsgi, besides what is wrong with the request that it brings. */

export interface UwsgiFault {
  readonly code: string;
  /** Of the response that refuses it. */
  readonly status: number;
  /** Safe to log: nothing of what came is in it. */
  readonly detail: string;
}

export const PACKET_CUT: UwsgiFault = {
  code: 'uwsgi.packet-cut',
  status: 400,
  detail: 'the connection ended in the packet',
};

export const BAD_PACKET: UwsgiFault = {
  code: 'uwsgi.bad-packet',
  status: 400,
  detail: 'a size that goes beyond the packet, or a variable without a name',
};

export const BAD_CLIENT: UwsgiFault = { code: 'uwsgi.bad-client', status: 400, detail: 'REMOTE_ADDR is no address' };

export function tooLarge(bytes: number, bytesMax: number): UwsgiFault {
  return {
    code: 'uwsgi.packet-too-large',
    status: 431,
    detail: `a packet of ${bytes} bytes, and --uwsgi-buffer-size is ${bytesMax}`,
  };
}

/** Of a packet that is neither a request to an application nor a ping. */
export function modifierFault(modifier1: number): UwsgiFault {
  const isLetter = /^[A-Z]$/.test(String.fromCharCode(modifier1));
  const guess = isLetter ? '; a client that speaks HTTP?' : '';
  return {
    code: 'uwsgi.bad-modifier',
    status: 400,
    detail: `modifier 1 is ${modifier1}, and only 0, 30 and 100 are answered${guess}`,
  };
}
