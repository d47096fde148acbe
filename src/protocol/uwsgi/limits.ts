/** What the uwsgi protocol has room for. */
export const UWSGI_LIMITS = {
  /** Of all variables with their lengths: the header has 16 bits for it. */
  packetBytesMax: 65_535,
  /** Of one name or value: 16 bits too. */
  textBytesMax: 65_535,
} as const;

export const UWSGI_HEADER_BYTES = 4;

/** What a packet is, as far as it is answered here. */
export const UWSGI_MODIFIER1 = {
  request: 0,
  /** A request, with SCRIPT_NAME at the beginning of PATH_INFO, which is to be taken away from there. */
  requestBelowMount: 30,
  ping: 100,
} as const;

/** The answer to a ping: that of a server that has nothing to warn of. */
export const UWSGI_PONG: Buffer = Buffer.from([UWSGI_MODIFIER1.ping, 0, 0, 1]);

/** What a server takes of a request. How long its fields may be says HTTP1_LIMITS. */
export const UWSGI_REQUEST_LIMITS = {
  /** Fields of a request are 200 at most; Apache sends about 50 variables of its own. */
  variablesMax: 400,
} as const;
