/** The codes of RFC 6455 7.4.1 and of the IANA registry that this server says or reads itself. */
export const CLOSE_CODE = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  /** Never sent: the peer's close frame had no code. */
  none: 1005,
  /** Never sent: the connection ended without a closing handshake. */
  abnormal: 1006,
  invalidPayload: 1007,
  tooBig: 1009,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
} as const;

/**
 * Whether the code may stand in a close frame (RFC 6455 7.4.2): registered ones, 3000 to 3999 of libraries, 4000 to 4999 of
 * applications. 1004 is reserved; 1005, 1006 and 1015 describe what no frame can say.
 */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) {
    return code <= 4999;
  }
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}
