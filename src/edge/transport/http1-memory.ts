import { FieldMemo } from '../../protocol/http1/field-memo.ts';
import type { ConnectionServices } from './connection-services.ts';
import { HeadRenderer } from './response-text.ts';

/** What the HTTP/1 connections of a thread remember together: field sections that they have read, and heads that they have sent. `responseFields`: of every response, rendered. */
export function newHttp1Memory(responseFields: string): Pick<ConnectionServices, 'memo' | 'renderer'> {
  return { memo: new FieldMemo(), renderer: new HeadRenderer(responseFields) };
}
