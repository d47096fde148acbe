/** Sends the part of a response for which the client asks, if no filter has changed the bytes: the last of the filters to be asked, and it cuts what the others are given. */

import type { Scope } from '../../../config/model/scope.ts';
import { randomBytes } from '../../../kernel/random-bytes.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import type { Byteranges } from '../../handlers/static/byteranges.ts';
import { renderByteranges, renderContentRange } from '../../handlers/static/byteranges.ts';
import { isRangeCurrent } from '../../handlers/static/conditional.ts';
import { STATIC_LIMITS } from '../../handlers/static/limits.ts';
import type { ByteRange, RangeRule } from '../../handlers/static/ranges.ts';
import { chooseRanges } from '../../handlers/static/ranges.ts';
import { RequestFields } from '../../handlers/static/request-fields.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';
import type { Transform } from '../../pipeline/filters/body-writer.ts';
import type { Filter } from '../../pipeline/route.ts';
import { cutBody } from './cut-body.ts';
import { RangeWriter } from './range-writer.ts';

/** One object for all requests: nothing of it is kept after a filter has returned. */
const asked = new RequestFields();

export function compileRanges({ files }: Pick<Scope, 'files'>): Filter | undefined {
  const rule: RangeRule = {
    countMax: files.rangesMax ?? STATIC_LIMITS.rangesMax,
    refusesMalformed: true,
    joins: false,
    holdsForHead: true,
  };
  if (rule.countMax === 0) {
    return undefined;
  }
  return (answer, route) => {
    if (!answer.takesRanges || answer.status !== 200 || answer.length === undefined) {
      return undefined;
    }
    asked.read(route.request.block);
    const { range, ifRange } = asked;
    const { fields, length } = answer;
    const validators = { etag: fields.get('etag') ?? '', lastModified: fields.get('last-modified') ?? '' };
    if (range === undefined || !isRangeCurrent(ifRange, validators)) {
      return undefined;
    }
    const choice = chooseRanges(range, length, rule);
    if (choice.kind === 'unsatisfiable') {
      answer.refusal = { status: 416, fields: fieldsOf(`Content-Range: bytes */${length}\r\n`, false) };
    } else if (choice.kind === 'parts') {
      const [first, ...more] = choice.ranges;
      if (!answer.isProxied) {
        cut(answer, choice.ranges, length);
      } else if (more.length === 0) {
        return cutProxied(answer, first, length);
      }
    }
    return undefined;
  };
}

/** Of the body of a server behind one range can be taken, whether it has come whole or comes bit by bit: it cannot be gone back in. Several are answered with all of it. */
function cutProxied(answer: Answer, range: ByteRange, size: number): Transform | undefined {
  answer.fields = answer.fields.without('accept-ranges');
  if (answer.whole !== undefined) {
    cut(answer, [range], size);
    return undefined;
  }
  answer.status = 206;
  answer.reason = undefined;
  answer.fields = answer.fields.set('Content-Range', renderContentRange(range, size));
  answer.length = range.length;
  return (next, before) => new RangeWriter(range, next, before);
}

function cut(answer: Answer, ranges: readonly [ByteRange, ...ByteRange[]], size: number): void {
  const contentType = answer.fields.get('content-type') ?? '';
  const [first] = ranges;
  let around: Byteranges | undefined;
  answer.status = 206;
  answer.reason = undefined;
  if (ranges.length === 1) {
    answer.fields = answer.fields.set('Content-Range', renderContentRange(first, size));
  } else {
    around = renderByteranges(ranges, { size, contentType }, randomBytes(12).toString('hex'));
    answer.fields = answer.fields.set('Content-Type', around.contentType);
  }
  answer.whole = cutBody(answer.whole, ranges, around);
  answer.length = around?.length ?? first.length;
}
