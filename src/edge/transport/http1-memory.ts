import { FieldMemo } from '../../protocol/http1/field-memo.ts';
import type { ConnectionServices } from './connection-services.ts';

/** What the HTTP/1 connections of a thread remember together: field sections that they have read. */
export function newHttp1Memory(): Pick<ConnectionServices, 'memo'> {
  return { memo: new FieldMemo() };
}
