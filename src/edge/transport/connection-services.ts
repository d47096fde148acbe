import type { Handler } from '../../protocol/http/exchange.ts';
import type { FieldMemo } from '../../protocol/http1/field-memo.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { ConnectionTable } from '../connection-table.ts';
import type { CountedLog } from '../counted-log.ts';
import type { RenderRefusal } from '../error-pages.ts';
import type { InternalErrors } from '../internal-errors.ts';
import type { Identifier } from '../pipeline/identify.ts';
import type { HeadRenderer } from './response-text.ts';
import type { WebSocketServices } from './websocket/open-session.ts';

/** What all connections of a thread share. */
export interface ConnectionServices {
  readonly memo: FieldMemo;
  readonly renderer: HeadRenderer;
  readonly table: ConnectionTable;
  readonly identifier: Identifier;
  readonly keepAliveMs: number;
  /** The page of a refusal. `detail` is for developers. */
  readonly renderRefusal: RenderRefusal;
  readonly webSocket: WebSocketServices;
  readonly accessLog: AccessLog | undefined;
  readonly handle: Handler;
  /** The date of this second, as RFC 9110 5.6.7 writes it. */
  readonly date: () => string;
  readonly monotonicMs: () => number;
  /** Bytes that could not be read as a request. */
  readonly refusals: CountedLog;
  readonly bugs: InternalErrors;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}
