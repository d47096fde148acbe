/** What the access log looks at of an exchange that is over. */

import type { FinishedExchange } from '../../protocol/http/finished-exchange.ts';

export type { ConnectionFacts } from '../../protocol/http/finished-exchange.ts';

type Asked =
  | 'method'
  | 'target'
  | 'rawPath'
  | 'path'
  | 'query'
  | 'host'
  | 'version'
  | 'block'
  | 'client'
  | 'origin'
  | 'requestId'
  | 'connection'
  | 'startedMs'
  | 'status'
  | 'bodyBytes'
  | 'sentHead'
  | 'sentLength'
  | 'times'
  | 'refusedLine';

export type LoggedExchange = Pick<FinishedExchange, Asked>;
