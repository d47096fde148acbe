/** $date_local and $date_gmt: in the form that the page has asked for, or nginx's. */

import type { Route } from '../../pipeline/route.ts';
import { timeFormatOf } from './ssi-state.ts';
import { strftime } from './strftime.ts';

export function ssiDate(route: Route, nowMs: number, isGmt: boolean): string {
  return strftime(timeFormatOf(route), nowMs, isGmt);
}
