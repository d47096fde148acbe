/** A request as a server is asked it, and who makes it of a client's. */

import type { Asking } from '../../../upstream/asking.ts';
import type { Route } from '../../pipeline/route.ts';
import type { AskedPlace } from './asked-place.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { NamedValue } from './named-value.ts';

/** What a server is asked, but for the length of a body that the client sends. */
export interface AskedRequest extends ConnectionOptions {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly NamedValue[];
  /** In place of the client's: latin-1. Undefined: the client's, if `passesBody`. */
  readonly body: string | undefined;
  /** It is asked for again, with nothing changed. */
  isRepeated: boolean;
  /** What was made of it for a request without a body, once it was repeated. */
  asking: Asking | undefined;
}

/** A number: the status with which the request is refused, for a reason that the error log of the route has. */
export type AskRequest = (route: Route, place: AskedPlace, bodyLength: number | undefined) => AskedRequest | number;
