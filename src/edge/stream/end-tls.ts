import type { Socket } from 'node:net';

/** A side that takes nothing more is not waited for longer than that (as in nginx). */
const SHUTDOWN_MS = 3000;

/** Closes a connection behind the message by which TLS tells that there is no more to come (RFC 8446 6.1): without it the other side cannot know that it has got all. */
export function endTls(socket: Socket): void {
  if (socket.destroyed) {
    return;
  }
  const timer = setTimeout(() => socket.destroy(), SHUTDOWN_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  afterWrites(() => socket.destroySoon());
}

/** Node tells of a write by TLS while it is still under way, until the turn is over. Whoever closes the side of the connection before that closes it in front of the message. */
export function afterWrites(act: () => void): void {
  setImmediate(act);
}
