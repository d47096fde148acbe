/** What a client did that ends its connection. */
export interface FrameFault {
  readonly kind: 'fault';
  /** RFC 6455 7.4.1: what to close the connection with. */
  readonly code: 1002 | 1007 | 1009;
  /** Safe to log and to send. */
  readonly detail: string;
}

export function frameFault(code: FrameFault['code'], detail: string): FrameFault {
  return { kind: 'fault', code, detail };
}
