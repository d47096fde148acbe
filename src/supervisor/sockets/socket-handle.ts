/** What Node has a socket by that nobody listens on yet. */
export interface SocketHandle {
  readonly fd: number;
  close(): void;
  getsockname(out: { address?: string; port?: number }): number;
}
