import type { ConfigureEdge } from '../../protocol/control/edge.ts';
import type { Site } from '../prepare.ts';
import { spoolParents } from '../spool-folders.ts';

/**
 * The part of the graceful timeout after which the clients of tunnels are taken away. The rest is the application's, to finish when it hears of that.
 */
const TUNNEL_SHARE = 0.8;

/** What the edge is told before anything else. */
export function configureEdge(site: Site, folders: Pick<ConfigureEdge, 'mounts' | 'namedFolders'>): ConfigureEdge {
  const { model, wires } = site;
  return {
    kind: 'configure',
    listeners: site.listeners,
    edgeThreads: model.edgeThreads,
    lanes: wires.listening,
    spoolParents: spoolParents(site.env),
    secret: site.secret,
    board: wires.board,
    slotsMax: site.slotsMax,
    settings: {
      backlog: model.backlog,
      keepAliveMs: model.keepAliveMs,
      timeoutMs: model.timeoutMs,
      bodyBytesMax: model.bodyBytesMax,
      spoolBytesMax: model.spoolBytesMax,
      bodyMemoryBytesMax: model.bodyMemoryBytesMax,
      wsMemoryBytesMax: model.wsMemoryBytesMax,
      connectionsMax: model.connectionsMax,
      connectionsPerAddressMax: model.connectionsPerAddressMax,
      queueDepthMax: model.queueDepthMax,
      queueTimeoutMs: model.queueTimeoutMs,
      tunnelDrainMs: model.gracefulTimeoutMs * TUNNEL_SHARE,
      forwardedFields: model.forwardedFields,
      forwardedAllowIps: model.forwardedAllowIps,
      responseFields: model.responseFields.map(([name, value]) => `${name}: ${value}\r\n`).join(''),
      webSocket: {
        isOn: model.webSockets,
        messageBytesMax: model.wsMessageBytesMax,
        messagesPerSecondMax: model.wsMessagesPerSecondMax,
        pingIntervalMs: model.wsPingIntervalMs,
        pingTimeoutMs: model.wsPingTimeoutMs,
        deflates: model.wsCompression,
      },
      accessLog:
        site.accessLog === ''
          ? undefined
          : { path: site.accessLog, fd: site.accessLogFd, format: model.accessLogFormat },
      logLevel: model.logLevel,
    },
    tls: site.certificates.current?.tls,
    development: model.reloadOnChange,
    ...folders,
  };
}
