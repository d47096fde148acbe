/** What is made of the responses of servers that requests are passed on to. */

import type { ProxyProtocol, ProxyResponse } from '../../../model/proxying.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import { readSize } from '../sizes.ts';
import { HTTP } from './contexts.ts';
import { appendEach, keep } from './keep.ts';
import { keepSpeed } from './keep-speed.ts';
import type { ProxyModule } from './proxy-module.ts';
import { eachModule, moduleOf } from './proxy-module.ts';
import { cookieRulesOf, redirectRulesOf } from './proxy-rewrites.ts';

const FIELDS =
  'X-Accel-Redirect|X-Accel-Expires|X-Accel-Limit-Rate|X-Accel-Buffering|X-Accel-Charset|Expires|Cache-Control|Set-Cookie|Vary...';

interface Buffers {
  readonly count: number;
  readonly bytes: number;
}

const KEYS = eachModule((of) => ({
  isBuffered: draftKey<boolean>(`${of}_buffering`),
  headBytes: draftKey<number>(`${of}_buffer_size`),
  buffers: draftKey<Buffers>(`${of}_buffers`),
  busyBytes: draftKey<number>(`${of}_busy_buffers_size`),
  fileBytes: draftKey<number>(`${of}_max_temp_file_size`),
  writeBytes: draftKey<number>(`${of}_temp_file_write_size`),
  rate: draftKey<Template>(`${of}_limit_rate`),
  hides: draftKey<readonly string[]>(`${of}_hide_header`),
  passes: draftKey<readonly string[]>(`${of}_pass_header`),
  ignores: draftKey<readonly string[]>(`${of}_ignore_headers`),
  intercepts: draftKey<boolean>(`${of}_intercept_errors`),
  forcesRanges: draftKey<boolean>(`${of}_force_ranges`),
  passesTrailers: draftKey<boolean>(`${of}_pass_trailers`),
}));

/** A page of memory. */
const USUAL_BUFFER_BYTES = 4096;
const USUAL_BUFFER_COUNT = 8;
const USUAL_FILE_BYTES = 1_073_741_824;

const COMMANDS = ['x-accel-expires', 'x-accel-redirect', 'x-accel-limit-rate', 'x-accel-buffering', 'x-accel-charset'];
/** Fields that are not passed on unless `proxy_pass_header` or its kin says so. */
const USUALLY_HIDDEN: Readonly<Record<ProxyProtocol, readonly string[]>> = {
  http: ['date', 'server', 'x-pad', ...COMMANDS],
  fastcgi: ['status', ...COMMANDS],
  uwsgi: COMMANDS,
  scgi: ['status', ...COMMANDS],
  memcached: [],
};

/** `proxy_buffer_size` and its kin, of every module. */
export function headSizeRow(of: ProxyModule): Row {
  return row(`${of}_buffer_size`, HTTP, 'size', 'Memory for the head of a response.', {
    apply: keep(KEYS[of].headBytes, (args) => args.number(0)),
  });
}

export function fieldRows(of: ProxyModule): readonly Row[] {
  const keys = KEYS[of];
  return [
    row(`${of}_intercept_errors`, HTTP, 'flag', 'Whether error pages take the place of what the upstream answers.', {
      apply: keep(keys.intercepts, (args) => args.flag(0)),
    }),
    ...repeatable([
      row(`${of}_pass_header`, HTTP, 'plain', 'A field of responses that is passed on though it usually is not.', {
        apply: (args, draft) => draft.append(keys.passes, args.text(0).toLowerCase()),
      }),
      row(`${of}_hide_header`, HTTP, 'plain', 'A field of responses that is not passed on.', {
        apply: (args, draft) => draft.append(keys.hides, args.text(0).toLowerCase()),
      }),
      row(`${of}_ignore_headers`, HTTP, FIELDS, 'Fields of responses that are not obeyed.', {
        apply: (args, draft) =>
          appendEach(
            draft,
            keys.ignores,
            Array.from(args.words.keys(), (index) => args.word(index).toLowerCase()),
          ),
      }),
    ]),
  ];
}

export function bufferingRows(of: ProxyModule): readonly Row[] {
  const keys = KEYS[of];
  return [
    row(`${of}_buffering`, HTTP, 'flag', 'Whether the upstream is freed before the client has everything.', {
      apply: keep(keys.isBuffered, (args) => args.flag(0)),
    }),
    row(`${of}_buffers`, HTTP, 'count bytes', 'Memory for a response.', {
      apply: keep(keys.buffers, (args) => ({ count: args.number(0), bytes: args.number(1) })),
    }),
    row(`${of}_busy_buffers_size`, HTTP, 'size', 'How much of a response may be on its way to the client.', {
      apply: keep(keys.busyBytes, (args) => args.number(0)),
    }),
    row(`${of}_force_ranges`, HTTP, 'flag', 'Whether ranges are cut out of responses whatever the upstream says.', {
      apply: keep(keys.forcesRanges, (args) => args.flag(0)),
    }),
    row(`${of}_limit_rate`, HTTP, 'text', 'How fast the upstream is read, in bytes a second.', {
      apply: keepSpeed(keys.rate),
    }),
    row(`${of}_max_temp_file_size`, HTTP, 'size', 'How much of a response goes to a file.', {
      apply: keep(keys.fileBytes, (args) => args.number(0)),
    }),
    row(`${of}_temp_file_write_size`, HTTP, 'size', 'How much is written to the file at a time.', {
      apply: keep(keys.writeBytes, (args) => args.number(0)),
    }),
    ...accepted('What does not fit into memory goes to files without a name in the folder for temporary files.', [
      row(
        `${of}_temp_path`,
        HTTP,
        'path [number] [number] [number]',
        'The folder of responses that do not fit into memory.',
      ),
    ]),
  ];
}

export function trailersRow(of: ProxyModule): Row {
  return row(`${of}_pass_trailers`, HTTP, 'flag', 'Whether fields behind responses are passed on.', {
    apply: keep(KEYS[of].passesTrailers, (args) => args.flag(0)),
  });
}

export function proxyResponseOf(draft: Draft, protocol: ProxyProtocol): ProxyResponse {
  const of = moduleOf(protocol);
  const keys = KEYS[of];
  const isMemcached = protocol === 'memcached';
  const { count, bytes } = draft.get(keys.buffers) ?? { count: USUAL_BUFFER_COUNT, bytes: USUAL_BUFFER_BYTES };
  const rate = draft.get(keys.rate);
  return {
    // A value of memcached is on this machine or near: nginx hands it on as it comes.
    isBuffered: !isMemcached && (draft.get(keys.isBuffered) ?? true),
    headBytesMax: draft.get(keys.headBytes) ?? USUAL_BUFFER_BYTES,
    bufferBytesMax: count * bytes,
    fileBytesMax: isMemcached ? 0 : (draft.get(keys.fileBytes) ?? USUAL_FILE_BYTES),
    ...(rate === undefined || (typeof rate === 'string' && readSize(rate) === 0) ? {} : { rate }),
    hides: hiddenOf(draft, protocol),
    ignores: [...new Set(draft.get(keys.ignores))],
    passesTrailers: draft.get(keys.passesTrailers) ?? false,
    // The statuses of memcached are the module's own: there is no page of the server's to show.
    interceptsErrors: isMemcached || (draft.get(keys.intercepts) ?? false),
    forcesRanges: isMemcached || (draft.get(keys.forcesRanges) ?? false),
    redirects: protocol === 'http' ? redirectRulesOf(draft) : [],
    ...cookieRulesOf(protocol === 'http' ? draft : undefined),
  };
}

function hiddenOf(draft: Draft, protocol: ProxyProtocol): readonly string[] {
  const keys = KEYS[moduleOf(protocol)];
  const passed = new Set(draft.get(keys.passes));
  const hidden = new Set([...USUALLY_HIDDEN[protocol], ...(draft.get(keys.hides) ?? [])]);
  return [...hidden].filter((name) => !passed.has(name));
}

/** Whether the block says anything of the sizes that `checkBuffers` compares. */
export function saysBuffers(draft: Draft, of: ProxyModule): boolean {
  const { headBytes, buffers, busyBytes, fileBytes, writeBytes } = KEYS[of];
  return draft.says([headBytes, buffers, busyBytes, fileBytes, writeBytes]);
}

/** What sizes of buffers have to do with each other. */
export function checkBuffers(draft: Draft, of: ProxyModule, report: NginxReport): void {
  const keys = KEYS[of];
  const { count, bytes } = draft.get(keys.buffers) ?? { count: USUAL_BUFFER_COUNT, bytes: USUAL_BUFFER_BYTES };
  const largest = Math.max(draft.get(keys.headBytes) ?? USUAL_BUFFER_BYTES, bytes);
  const busy = draft.get(keys.busyBytes) ?? 2 * largest;
  const file = draft.get(keys.fileBytes) ?? USUAL_FILE_BYTES;
  const enough = `the maximum of the value of "${of}_buffer_size" and one of the "${of}_buffers"`;
  const fault =
    count < 2
      ? `there must be at least 2 "${of}_buffers"`
      : busy < largest
        ? `"${of}_busy_buffers_size" must be equal to or greater than ${enough}`
        : busy > (count - 1) * bytes
          ? `"${of}_busy_buffers_size" must be less than the size of all "${of}_buffers" minus one buffer`
          : (draft.get(keys.writeBytes) ?? largest) < largest
            ? `"${of}_temp_file_write_size" must be equal to or greater than ${enough}`
            : file !== 0 && file < largest
              ? `"${of}_max_temp_file_size" must be equal to zero to disable temporary files usage or must be equal to or greater than ${enough}`
              : undefined;
  if (fault !== undefined) {
    report('nginx.conflict', draft.place, fault, {
      hint: `What nobody said is "${of}_buffers 8 4k" and "${of}_buffer_size 4k"; "${of}_busy_buffers_size" is twice the larger of the two sizes.`,
    });
  }
}
