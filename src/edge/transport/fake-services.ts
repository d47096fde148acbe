/** What connections of a thread share, for tests of one connection: no pipeline but the test's, no access log, and a clock that stands. */

import { FakeClock } from '../../kernel/fake-clock.ts';
import { FieldMemo } from '../../protocol/http1/field-memo.ts';
import { ConnectionTable, newConnectionCounters } from '../connections/connection-table.ts';
import { CountedLog } from '../faults/counted-log.ts';
import { InternalErrors } from '../faults/internal-errors.ts';
import { newTrafficRows, Traffic } from '../shared/traffic.ts';
import type { ConnectionServices, RequestPipeline } from './connection-services.ts';
import { HeadRenderer } from './response-text.ts';
import { USUAL_RULES } from './transport-rules.ts';

export function fakeServices(pipeline: RequestPipeline, logged: string[] = []): ConnectionServices {
  const clock = new FakeClock();
  const note = (text: string): void => {
    logged.push(text);
  };
  return {
    memo: new FieldMemo(),
    renderer: new HeadRenderer(''),
    isClosing: false,
    table: new ConnectionTable({
      clock,
      caps: { connectionsMax: 10, connectionsPerAddressMax: 10 },
      counters: newConnectionCounters(),
      traffic: new Traffic(newTrafficRows(1), newConnectionCounters(), 0),
      onRefused: () => undefined,
      onEmpty: () => undefined,
    }),
    takesLineFeeds: false,
    limits: undefined,
    fieldNames: undefined,
    rules: USUAL_RULES,
    webSocket: {} as ConnectionServices['webSocket'],
    pipeline,
    date: () => 'now',
    monotonicMs: () => clock.monotonicMs(),
    refusals: new CountedLog('no request in what came from', note),
    bugs: new InternalErrors(clock, note),
    log: (_, text) => note(text),
  };
}
