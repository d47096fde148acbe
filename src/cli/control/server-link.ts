/** The wire from a command to a server that runs: its hello, one request, and the answers. */

import type { Socket } from 'node:net';
import { createConnection } from 'node:net';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { ControlMessage } from '../../protocol/control/json-lines.ts';
import { JsonLines } from '../../protocol/control/json-lines.ts';
import type { OperatorAnswer, OperatorHello, OperatorRequest } from '../../protocol/control/operator.ts';
import { OPERATOR_PROTOCOL } from '../../protocol/control/operator.ts';
import { readVersion } from '../../supervisor/version.ts';

/** A server says hello at once; one whose machine is busy within a second or two. */
const HELLO_MS = 5_000;

/**
 * gone    nobody listens any more: the server was killed
 * hidden  the socket is somebody else's
 * silent  a server listens and says nothing: it is stopped, or has as many commands as it takes
 * foreign it is no server of ours, or of another release
 */
export interface LinkFault {
  readonly kind: 'gone' | 'hidden' | 'silent' | 'foreign';
  /** A sentence without its end. */
  readonly text: string;
}

export interface ServerLink {
  readonly hello: OperatorHello;
  /** Resolves when the server has closed the connection; `isLate`: when the time was over before. */
  ask(
    request: OperatorRequest,
    options: { readonly timeoutMs?: number; readonly onAnswer: (answer: OperatorAnswer) => void },
  ): Promise<{ readonly isLate: boolean }>;
  close(): void;
}

export function openLink(path: string): Promise<Outcome<ServerLink, LinkFault>> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const lines = new JsonLines();
    let hear = (message: ControlMessage): void => {
      finish(linkOf(message, socket, (listener) => (hear = listener)));
    };
    const finish = (outcome: Outcome<ServerLink, LinkFault>): void => {
      clearTimeout(timer);
      if (!outcome.ok) {
        socket.destroy();
      }
      resolve(outcome);
    };
    const silent = (text: string): Outcome<never, LinkFault> => failure({ kind: 'silent', text: `${path}: ${text}` });
    const timer = setTimeout(
      () => finish(silent(`the server has not answered within ${HELLO_MS / 1000} s: it is stopped, or starved`)),
      HELLO_MS,
    );
    socket.on('data', (bytes: Buffer) => {
      const messages = lines.feed(bytes);
      if (!messages.ok) {
        finish(failure({ kind: 'foreign', text: `${path}: what listens there is no server of Portico` }));
        socket.destroy();
        return;
      }
      for (const message of messages.value) {
        hear(message);
      }
    });
    socket.on('error', (error: NodeJS.ErrnoException) => finish(failure(faultOf(path, error))));
    socket.on('close', () =>
      finish(silent('the server has closed the connection: it takes no more commands at a time')),
    );
  });
}

function linkOf(
  message: ControlMessage,
  socket: Socket,
  listen: (listener: (message: ControlMessage) => void) => void,
): Outcome<ServerLink, LinkFault> {
  if (message.kind !== 'hello' || typeof message['protocol'] !== 'number') {
    return failure({ kind: 'foreign', text: 'what listens at the control socket is no server of Portico' });
  }
  // As a server of ours says it; one of another release is turned away by the next line.
  const hello = message as unknown as OperatorHello;
  if (hello.protocol !== OPERATOR_PROTOCOL) {
    return failure({
      kind: 'foreign',
      text: `the server (process ${hello.pid}) is Portico ${hello.version}, this command Portico ${readVersion()}, and they do not understand each other: use the command of the server's release, or start the server anew`,
    });
  }
  return success({
    hello,
    ask: (request, { timeoutMs, onAnswer }) =>
      new Promise((resolve) => {
        const timer = timeoutMs === undefined ? undefined : setTimeout(() => end(true), timeoutMs);
        const end = (isLate: boolean): void => {
          clearTimeout(timer);
          socket.destroy();
          resolve({ isLate });
        };
        // The server speaks the same version of these words.
        listen((answer) => onAnswer(answer as unknown as OperatorAnswer));
        socket.once('close', () => end(false));
        socket.write(`${JSON.stringify({ ...request, protocol: OPERATOR_PROTOCOL })}\n`);
      }),
    close: () => socket.destroy(),
  });
}

function faultOf(path: string, { code }: NodeJS.ErrnoException): LinkFault {
  switch (code) {
    case 'ECONNREFUSED':
      return { kind: 'gone', text: `the server of ${path} does not run any more: it was killed` };
    case 'ENOENT':
      return {
        kind: 'gone',
        text: `there is no socket ${path}: the server does not run, or has another --control-socket`,
      };
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'hidden',
        text: `${path} belongs to somebody else: only that user or root may command the server`,
      };
    default:
      return { kind: 'foreign', text: `${path} is no control socket (${code})` };
  }
}
