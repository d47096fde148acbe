import type { StreamPolicy } from '../../config/model/stream.ts';
import { renderProxyHeader } from '../../protocol/proxy-protocol/render-header.ts';
import type { Session } from './compiled-stream.ts';

/** What tells a server who the client is. Undefined: it is not told. */
export function proxyHeaderFor(session: Session, { sendsProxyProtocol }: StreamPolicy): Buffer | undefined {
  const { client, localAddress, services } = session;
  if (sendsProxyProtocol === 'no') {
    return undefined;
  }
  const text = renderProxyHeader(sendsProxyProtocol === 'v1' ? 1 : 2, {
    source: { address: client.address, port: client.port },
    destination: { address: localAddress, port: services.port },
  });
  return Buffer.from(text, 'latin1');
}
