import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

import { short } from '../case.ts';
import { machineLine } from './machine.ts';
import type { BenchResults } from './results.ts';
import { bars, colours, esc, text, type Bar } from './svg.ts';

const WIDTH = 1040;
const HEIGHT = 600;
const LEFT = 56;
const RIGHT = 560;

/** Draws the most important results: the time of the prefilter, and the longest stalls of the bot. */
export function drawChart(results: BenchResults, file: string): void {
  const svg = chartSvg(results);
  const picture = new Resvg(svg, {
    fitTo: { mode: 'width', value: WIDTH * 2 },
    font: { fontFiles: fonts(), loadSystemFonts: false, defaultFontFamily: 'DejaVu Sans' },
  }).render();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, picture.asPng());
}

function fonts(): string[] {
  const require = createRequire(import.meta.url);
  return ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
}

function chartSvg(results: BenchResults): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="DejaVu Sans">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="14" fill="${colours.ground}"/>`,
    text(LEFT, 52, 'What the store costs the bot', { size: 24, weight: 'bold' }),
    text(LEFT, 78, 'Shorter is better. Each comparison was measured in turns, in one run.', { colour: colours.quiet }),
    ...prefilterPanel(results),
    ...stallPanel(results),
    ...peerPanel(results),
    text(LEFT, HEIGHT - 22, esc(`${machineLine(results.machine)} · ${results.date.slice(0, 10)}`), {
      size: 11,
      colour: colours.quiet,
    }),
    '</svg>',
  ].join('\n');
}

/** Draws a group of bars for each size, since a lookup takes longer in a larger table. */
function prefilterPanel(results: BenchResults): string[] {
  const seeds = figuresOf(results, 'seed');
  const groups = figuresOf(results, 'prefilter').map(({ rows = 0, ours = 0, bare = 0 }) => {
    // The seed was measured against this store in another case, so only its ratio can be used here.
    const pair = seeds.find((seed) => seed['rows'] === rows);
    const seed = pair === undefined ? undefined : ((pair['seed'] ?? 0) / (pair['ours'] ?? 1)) * ours;
    return { rows, ours, bare, seed };
  });
  const most = Math.max(...groups.flatMap(({ ours, bare, seed = 0 }) => [ours, bare, seed]), 1);
  return [
    ...heading(LEFT, 122, 'Which of 150 items are new?', '120 of them seen before, microseconds'),
    ...groups.flatMap(({ rows, ours, bare, seed }, index) => {
      const y = 178 + index * 118;
      const all: Bar[] = [
        { name: 'bare SQLite', value: bare, shown: micros(bare), colour: colours.limit },
        { name: 'this store', value: ours, shown: micros(ours), colour: colours.ours },
        ...(seed === undefined
          ? []
          : [{ name: 'earlier bot', value: seed, shown: micros(seed), colour: colours.other }]),
      ];
      const title = text(LEFT, y, `${short(rows)} ids remembered`, { size: 12, colour: colours.quiet });
      return [title].concat(bars(all, { x: LEFT, y: y + 10, names: 100, length: 270, most }));
    }),
  ];
}

/** Draws bars on a linear scale, on which this store's are meant to vanish. */
function stallPanel(results: BenchResults): string[] {
  const [lock] = figuresOf(results, 'lock');
  const [purge] = figuresOf(results, 'purge');
  if (lock === undefined) return [];
  const { ours = 0, naive = 0 } = lock;
  const rows = short(purge?.['rows'] ?? 0);
  const all: Bar[] = [
    { name: 'busy timeout', value: naive, shown: `${Math.round(naive)} ms`, colour: colours.other },
    { name: 'this store', value: ours, shown: `${ours.toFixed(1)} ms`, colour: colours.ours },
  ];
  const purging: Bar[] = [
    {
      name: 'this store',
      value: purge?.['stall'] ?? 0,
      shown: `${(purge?.['stall'] ?? 0).toFixed(1)} ms`,
      colour: colours.ours,
    },
  ];
  const at = { x: RIGHT, names: 110, length: 240, most: Math.max(naive, 1) };
  return [
    ...heading(RIGHT, 122, 'How long does the bot stand still?', 'longest event-loop stall, milliseconds'),
    text(RIGHT, 178, 'another process holds the lock for 5 s', { size: 12, colour: colours.quiet }),
    ...bars(all, { ...at, y: 188 }),
    ...(purge === undefined
      ? []
      : [
          text(RIGHT, 264, `half of ${rows} ids are purged`, { size: 12, colour: colours.quiet }),
          ...bars(purging, { ...at, y: 274 }),
        ]),
  ];
}

function peerPanel(results: BenchResults): string[] {
  const found = results.cases.find(({ name }) => name === 'peers');
  if (found === undefined) return [];
  const peers = found.measurements.map(({ label, figures = {} }): Bar => {
    const value = figures['peer'] ?? 0;
    return { name: label.replace(/,.*$/, ''), value, shown: micros(value), colour: colours.limit };
  });
  const ours = found.measurements[0]?.figures?.['ours'] ?? 0;
  const own: Bar = { name: 'this store', value: ours, shown: micros(ours), colour: colours.ours };
  const all = [own, ...peers].toSorted((a, b) => a.value - b.value);
  const most = Math.max(...all.map(({ value }) => value), 1);
  return [
    ...heading(RIGHT, 358, 'The same question, asked elsewhere', '150 items, 10k ids remembered, microseconds'),
    ...bars(all, { x: RIGHT, y: 396, names: 140, length: 220, most }),
  ];
}

function heading(x: number, y: number, title: string, unit: string): string[] {
  return [
    `<line x1="${x}" y1="${y - 26}" x2="${x + 424}" y2="${y - 26}" stroke="${colours.line}"/>`,
    text(x, y, title, { size: 16, weight: 'bold' }),
    text(x, y + 20, unit, { size: 12, colour: colours.quiet }),
  ];
}

function figuresOf(results: BenchResults, name: string): readonly Readonly<Record<string, number>>[] {
  const found = results.cases.find((one) => one.name === name);
  return (found?.measurements ?? []).flatMap(({ figures }) => (figures === undefined ? [] : [figures]));
}

function micros(value: number): string {
  return `${Math.round(value)} µs`;
}
