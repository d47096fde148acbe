/**
 * What --reload shows in the place of a page for visitors: the exception that a request ended in, or why the code cannot be loaded. The worker has
 * read the exception and its source lines (python/portico_worker/fault_page.py); here they become HTML for a browser, JSON or text for programs.
 *
 * Only clients near by see it, because it shows source code (near-clients.ts). All others get the page for visitors.
 */

import type { AppGateway } from '../../gateway/app-gateway.ts';
import { toLatin1 } from '../../kernel/latin1.ts';
import type { SetProgress } from '../../protocol/control/edge.ts';
import { reasonPhrase } from '../../protocol/http/reason-phrases.ts';
import { fieldsOf, NO_FIELDS } from '../../protocol/http/response-fields.ts';
import { isNear } from '../identity/near-clients.ts';
import type { ErrorPage, RefusedRequest, RenderRefusal } from './error-pages.ts';
import { escapeHtml, preferredForm, renderErrorPage } from './error-pages.ts';

/** One call in a traceback. `code` begins with line `first`. */
interface Frame {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** Where a fault of syntax is; 0 in a call. */
  readonly column: number;
  readonly isApplication: boolean;
  readonly first: number;
  readonly code: readonly string[];
}

interface ShownError {
  readonly error: string;
  /** How it led to the next one: 'cause', 'context', or '' for the last. */
  readonly link: string;
  readonly frames: readonly Frame[];
  readonly leftOut: number;
}

interface Fault {
  readonly error: string;
  /** The traceback as Python prints it. */
  readonly text: string;
  readonly errors: readonly ShownError[];
  /** The code cannot be loaded, and this is the number of the attempt: the page waits for the next. */
  readonly number: number | undefined;
}

/** The field by which the page that waits sees whether the code is still broken in the same way. */
const FAULT_FIELD = 'Portico-Fault';
/** How often that page asks. While the code is loaded, it waits for the answer. */
const ASK_EVERY_MS = 1000;

const LINKS = new Map([
  ['cause', 'This was the cause of the exception below.'],
  ['context', 'While this was handled, the exception below came.'],
]);

export function refusalsFor(development: boolean): RenderRefusal {
  return development ? renderForDeveloper : renderForVisitor;
}

function renderForVisitor({ block, requestId }: RefusedRequest, status: number): ErrorPage {
  return renderErrorPage(status, block.get('accept'), requestId, undefined);
}

export function renderForDeveloper(request: RefusedRequest, status: number, detail: string | undefined): ErrorPage {
  const { block, requestId } = request;
  if (!isNear(request)) {
    return renderForVisitor(request, status);
  }
  const fault = readFault(detail);
  const accept = block.get('accept');
  const form = preferredForm(accept);
  if (fault === undefined || form === 'json') {
    return renderErrorPage(status, accept, requestId, fault?.text ?? detail);
  }
  return form === 'html'
    ? { contentType: 'text/html; charset=utf-8', body: toLatin1(renderHtml(request, status, fault)) }
    : { contentType: 'text/plain; charset=utf-8', body: toLatin1(renderText(request, status, fault)) };
}

function renderText({ requestId }: RefusedRequest, status: number, { error, text, number }: Fault): string {
  const what = number === undefined ? '' : 'The code cannot be loaded. ';
  return `${status} ${reasonPhrase(status)}\n${what}${error}\nRequest ${requestId}\n\n${text}\n`;
}

/** The gateway, told how far the application is. */
export function tellProgress(gateway: AppGateway, progress: SetProgress): void {
  switch (progress.progress) {
    case 'loading':
      gateway.hold();
      return;
    case 'broken': {
      const { fault, number } = progress;
      const detail = JSON.stringify({ ...readFault(fault), number });
      const fields = fieldsOf(`${FAULT_FIELD}: ${number}\r\nCache-Control: no-store\r\n`);
      gateway.breakDown({ status: 500, detail, fields });
      return;
    }
    case 'failed':
      gateway.breakDown({ status: 503, detail: undefined, fields: NO_FIELDS });
      return;
    case 'served':
      gateway.resume();
      return;
  }
}

/** Undefined for a detail that is a sentence. What the application's process has written is not relied upon. */
function readFault(detail: string | undefined): Fault | undefined {
  if (!detail?.startsWith('{')) {
    return undefined;
  }
  try {
    const { error, text, errors, number } = JSON.parse(detail) as Record<string, unknown>;
    return {
      error: asText(error),
      text: asText(text),
      errors: asList(errors).map(readError),
      number: typeof number === 'number' ? number : undefined,
    };
  } catch {
    return undefined;
  }
}

function readError(given: unknown): ShownError {
  const { error, link, frames, leftOut } = asRecord(given);
  return {
    error: asText(error),
    link: asText(link),
    frames: asList(frames).map(readFrame),
    leftOut: Number(leftOut) || 0,
  };
}

function readFrame(given: unknown): Frame {
  const { file, line, name, column, isApplication, first, code } = asRecord(given);
  return {
    file: asText(file),
    line: Number(line) || 0,
    name: asText(name),
    column: Number(column) || 0,
    isApplication: isApplication === true,
    first: Number(first) || 0,
    code: asList(code).map(asText),
  };
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1.5rem;color:#222;background:#fff}
h1{font-size:1.3rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0}h2{font-size:1.05rem;white-space:pre-wrap;overflow-wrap:anywhere}
.where,.note{color:#666}.where{font-size:.85rem}details{margin:.3rem 0;border-left:3px solid #ddd;padding-left:.7rem}details.app{border-color:#b3261e}
summary{cursor:pointer;overflow-wrap:anywhere}summary b{font-family:ui-monospace,monospace;font-weight:600}
pre{background:#f5f5f5;padding:.6rem;overflow:auto;font:13px/1.45 ui-monospace,monospace;margin:.4rem 0}pre i{color:#999;font-style:normal;user-select:none}
mark{background:#fde7e5;color:inherit;display:inline-block;min-width:100%}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}pre{background:#242424}mark{background:#4a2020}details{border-color:#444}.where,.note{color:#999}}`;

function renderHtml({ method, target, requestId }: RefusedRequest, status: number, fault: Fault): string {
  const title = `${status} ${reasonPhrase(status)}`;
  const heading = fault.number === undefined ? title : 'The code cannot be loaded';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(fault.error || title)}</title>
<style>${STYLE}</style></head><body>
<p class="where">${escapeHtml(heading)} · ${escapeHtml(method)} ${escapeHtml(target)} · request ${escapeHtml(requestId)}</p>
<h1>${escapeHtml(fault.error)}</h1>
${fault.number === undefined ? '' : renderWaiting(method, fault.number)}
${fault.errors.map(renderError).join('\n')}
<details${fault.errors.length === 0 ? ' open' : ''}><summary>Traceback as text</summary><pre>${escapeHtml(fault.text)}</pre></details>
<p class="note">This page is shown because the server was started with --reload. Visitors of a server without it never see it.</p>
</body></html>
`;
}

/** A page that answers another method than GET cannot be loaded again without sending the request again. */
function renderWaiting(method: string, number: number): string {
  if (method !== 'GET') {
    return '<p class="note">When the code is mended, send the request again.</p>';
  }
  return `<p class="note">When the code is mended, this page loads again by itself.</p>
<script>
const look = () => fetch(location.href, { method: 'HEAD', cache: 'no-store', redirect: 'manual' })
  .then((answer) => { if (answer.headers.get('${FAULT_FIELD}') !== '${number}') location.reload(); }, () => 'the server is gone')
  .then(() => setTimeout(look, ${ASK_EVERY_MS}));
setTimeout(look, ${ASK_EVERY_MS});
</script><noscript><meta http-equiv="refresh" content="2"></noscript>`;
}

function renderError({ error, link, frames, leftOut }: ShownError, index: number, all: readonly ShownError[]): string {
  const isAlone = all.length === 1;
  const last = frames.findLastIndex((frame) => frame.isApplication);
  const rows = frames.map((frame, at) => renderFrame(frame, at === last));
  if (leftOut > 0) {
    rows.splice(Math.floor(frames.length / 4), 0, `<p class="note">${leftOut} more calls</p>`);
  }
  const words = LINKS.get(link);
  return `${isAlone ? '' : `<h2>${escapeHtml(error)}</h2>`}
${rows.join('\n')}
${words === undefined || index === all.length - 1 ? '' : `<p class="note">${words}</p>`}`;
}

/** Calls of the application are open, those of libraries are not; the one nearest to the fault is marked. */
function renderFrame(frame: Frame, isNearest: boolean): string {
  const { file, line, name, isApplication } = frame;
  const kind = isNearest ? ' class="app"' : '';
  const call = name === '' ? '' : ` in <b>${escapeHtml(name)}</b>`;
  return `<details${kind}${isApplication ? ' open' : ''}><summary>${escapeHtml(file)}, line ${line}${call}</summary>${renderCode(frame)}</details>`;
}

function renderCode({ code, first, line, column }: Frame): string {
  const rows = code.map((text, index) => {
    const number = first + index;
    const row = `<i>${String(number).padStart(5)}</i>  ${escapeHtml(text)}`;
    if (number !== line) {
      return row;
    }
    const caret = column > 0 && column <= text.length + 1 ? `\n${' '.repeat(7 + column - 1)}^` : '';
    return `<mark>${row}${caret}</mark>`;
  });
  return rows.length === 0 ? '' : `<pre>${rows.join('\n')}</pre>`;
}
