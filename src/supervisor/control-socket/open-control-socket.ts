import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { OperatorHello } from '../../protocol/control/operator.ts';
import { OPERATOR_PROTOCOL } from '../../protocol/control/operator.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { readVersion } from '../version.ts';
import { ControlSocket } from './control-socket.ts';
import { Conversation } from './conversation.ts';
import type { OperationsParts } from './operated.ts';
import { Operations } from './operations.ts';

/** The socket, at which commands are answered from now on. Fails with what is in the way. */
export async function openControlSocket(parts: OperationsParts): Promise<Outcome<ControlSocket>> {
  const { server } = parts;
  const { controlSocket: path, title } = server.model.process;
  const operations = new Operations(parts);
  const hello: OperatorHello = {
    ...{ kind: 'hello', protocol: OPERATOR_PROTOCOL, version: readVersion(), pid: process.pid, title },
  };
  const socket = new ControlSocket({
    path,
    asker: { uid: process.geteuid?.() ?? -1, env: server.env },
    identity: server.identity,
    replaces: server.predecessor !== undefined,
    onConnection: (connection) => {
      new Conversation(connection, hello, (request, asker) => operations.answer(request, asker));
    },
  });
  const fault = await socket.open();
  if (fault !== undefined) {
    return failure(fault);
  }
  setInterval(() => void operations.sample(), SUPERVISOR_LIMITS.requestSampleMs).unref();
  setInterval(() => void socket.look(), SUPERVISOR_LIMITS.controlSocketPollMs).unref();
  return success(socket);
}
