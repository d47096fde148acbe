import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderChart } from './chart.ts';
import type { Panel } from './result.ts';

const HEADING = { title: 'A & B', about: 'two servers' };

function panel(title: string, values: readonly number[]): Panel {
  const bars = values.map((value, index) => ({
    label: index === 0 ? 'Portico' : `peer ${index}`,
    value,
    text: `${value}`,
  }));
  return { title, unit: 'requests/s', bars };
}

function widths(svg: string): number[] {
  return [...svg.matchAll(/<rect class="bar[^"]*"[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
}

test('renderChart() draws bars in proportion', () => {
  const [whole = 0, half = 0, none] = widths(renderChart(HEADING, [panel('one', [200, 100, 0])]));
  assert.ok(whole > 0);
  assert.deepEqual([half, none], [whole / 2, 0]);
});

test('renderChart() scales each panel by itself', () => {
  const [first, second] = widths(renderChart(HEADING, [panel('one', [1]), panel('two', [1_000_000])]));
  assert.equal(first, second);
});

test('renderChart() escapes what stands in texts', () => {
  const svg = renderChart(HEADING, [panel('1 < 2', [1])]);
  assert.match(svg, /<title>A &amp; B<\/title>/);
  assert.match(svg, />1 &lt; 2</);
});

test('renderChart() says what was not measured', () => {
  const svg = renderChart(HEADING, [panel('one', [Number.NaN, Number.NaN])]);
  assert.match(svg, /not measured/);
  assert.doesNotMatch(svg, /NaN/);
});

test('renderChart() puts panels into two columns, the shorter one first', () => {
  const svg = renderChart(HEADING, [panel('tall', [1, 2, 3]), panel('short', [1]), panel('next', [1])]);
  const places = [...svg.matchAll(/<g transform="translate\(([\d.]+) ([\d.]+)\)"/g)].map(([, x]) => Number(x));
  assert.equal(places[1], places[2]);
  assert.notEqual(places[0], places[1]);
});

test('renderChart() draws the spread of the rounds', () => {
  const bars = [{ label: 'Portico', value: 10, low: 9, high: 12, text: '10' }];
  assert.equal(renderChart(HEADING, [{ title: 'one', unit: 'ms', bars }]).match(/class="spread"/g)?.length, 1);
  assert.equal(renderChart(HEADING, [panel('one', [1])]).match(/class="spread"/g), null);
});
