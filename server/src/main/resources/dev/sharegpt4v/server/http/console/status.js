import { askForKey, hideKeyForm, onKey } from './key.js';
import { History, samplesOf, total } from './metrics.js';
import { call } from './server.js';

const at = id => document.getElementById(id);
const OURS = 'sharegpt4v_';
const MINUTE = 60;
const SHORT = 10;
const STEPS = `${OURS}step_duration_seconds_count`;

const count = value => String(Math.round(value));
const decimal = value => value.toFixed(value < 10 ? 2 : 1);
const percent = value => `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
const duration = seconds => (seconds < 1 ? `${(seconds * 1000).toFixed(seconds < 0.1 ? 1 : 0)} ms` : `${seconds.toFixed(2)} s`);

const history = new History(MINUTE);
const now = name => samples => total(samples, OURS + name);
const rate = (name, seconds) => () => history.rate(OURS + name, seconds);
const mean = name => () => history.ratio(`${OURS}${name}_seconds_sum`, `${OURS}${name}_seconds_count`, MINUTE);

/** Each tile: its title, its value of now, how it is written, what stands beside it, and the line's top at least. */
const TILES = [
  ['Running', now('requests_running'), count, () => 'requests', 1],
  ['Waiting', now('requests_waiting'), count, () => 'requests', 1],
  ['KV cache', blocksUsed, percent, blocks, 1],
  ['Tokens', rate('generation_tokens_total', SHORT), decimal, () => 'per second', 1],
  ['First token', mean('time_to_first_token'), duration, () => 'mean of the last minute', 0],
  ['Next token', mean('time_per_output_token'), duration, () => 'mean of the last minute', 0],
  ['Prompt cache', () => history.ratio(`${OURS}prefix_cache_hits_total`, `${OURS}prefix_cache_queries_total`, MINUTE), percent, () => 'of positions found', 1],
  ['Picture cache', pictureHits, percent, () => 'of pictures found', 1],
  ['Pictures', rate('images_total', SHORT), decimal, () => 'per second', 1],
  ['Requests', answered, decimal, () => 'per second', 1],
].map(([title, value, written, note, top]) => ({ title, value, written, note, top, line: [], view: null }));

/** Of several models together. */
function blocksUsed(samples) {
  const [used, all] = ['kv_blocks_used', 'kv_blocks_capacity'].map(name => total(samples, OURS + name));
  return all > 0 ? used / all : undefined;
}

function blocks(samples) {
  const [used, all] = ['kv_blocks_used', 'kv_blocks_capacity'].map(name => total(samples, OURS + name));
  return all === undefined ? '' : `${used} of ${all} blocks`;
}

function pictureHits() {
  const [hits, misses] = ['hits', 'misses'].map(kind => history.rate(`${OURS}encoder_cache_${kind}_total`, MINUTE));
  return hits + misses > 0 ? hits / (hits + misses) : undefined;
}

function answered() {
  return history.rate(`${OURS}requests_total`, SHORT);
}

function build() {
  for (const tile of TILES) {
    const view = at('tile').content.cloneNode(true).firstElementChild;
    view.querySelector('dt').textContent = tile.title;
    tile.view = view;
    at('tiles').append(view);
  }
}

/** One point a second; a value that is not known breaks nothing and draws nothing. */
function draw(tile) {
  const known = tile.line.map((value, i) => [i, value]).filter(([, value]) => value !== undefined);
  const top = Math.max(tile.top, ...known.map(([, value]) => value)) || 1;
  const from = MINUTE - tile.line.length;
  const points = known.map(([i, value]) => `${((from + i) * 120) / (MINUTE - 1)} ${(26 - (24 * value) / top).toFixed(2)}`);
  const line = points.length > 1 ? `M${points.join('L')}` : '';
  tile.view.querySelector('.line').setAttribute('d', line);
  const [first, last] = [points[0], points.at(-1)].map(point => point?.split(' ')[0]);
  tile.view.querySelector('.area').setAttribute('d', line && `${line}L${last} 28L${first} 28Z`);
}

function show(samples) {
  for (const tile of TILES) {
    const value = tile.value(samples);
    tile.line = [...tile.line, value].slice(-MINUTE);
    tile.view.querySelector('.value').textContent = value === undefined ? '–' : tile.written(value);
    tile.view.querySelector('.note').textContent = tile.note(samples);
    draw(tile);
  }
  const builds = samples.get(`${OURS}build_info`) ?? samples.get(`${OURS}build`) ?? [];
  if (builds.length > 0) {
    at('fact-model').textContent = builds.map(({ labels }) => labels.model ?? '–').join(', ');
    at('fact-version').textContent = builds[0].labels.version ?? '–';
  }
  if (started !== undefined) showUptime(started);
}

function showUptime(started) {
  const seconds = Math.max(0, Math.floor(Date.now() / 1000 - started));
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  const parts = days > 0 ? [`${days} d`, `${hours} h`] : hours > 0 ? [`${hours} h`, `${minutes} min`] : [`${minutes} min`, `${seconds % 60} s`];
  at('fact-uptime').textContent = parts.join(' ');
}

function tell(state, kind) {
  // Screen readers hear it only when it changes.
  if (at('state').textContent !== state) at('state').textContent = state;
  at('state').className = kind;
}

async function health() {
  const response = await fetch('health/ready', { cache: 'no-store' });
  const { status, device_description: description, device } = await response.json();
  tell(status, response.ok ? 'good' : 'bad');
  if (device) at('fact-device').textContent = description && description !== device ? `${device} · ${description}` : device;
}

let started;

/** The process's own word, else that of the model's card; without a key there may be neither. */
async function askForStart(samples) {
  started = total(samples, 'process_start_time_seconds');
  if (started === undefined) {
    const response = await call('v1/models').catch(() => null);
    started = (await response?.json())?.data[0]?.created;
  }
}

let paused = false;

/** Gives the seconds to wait before the next look. */
async function look() {
  try {
    await health();
    const samples = samplesOf(await (await call('metrics')).text());
    if (history.add(performance.now(), samples, STEPS)) await askForStart(samples);
    show(samples);
    hideKeyForm();
    at('problem').replaceChildren();
    return 1;
  } catch (failure) {
    if (failure.status === 401) {
      askForKey();
      return Infinity;
    }
    if (!failure.status) tell('unreachable', 'bad');
    at('problem').textContent = [failure.title, failure.said].filter(Boolean).join(' ');
    return Math.max(failure.wait ?? 0, 2);
  }
}

let next = 0;

async function loop() {
  clearTimeout(next);
  const wait = paused || document.hidden ? Infinity : await look();
  clearTimeout(next);
  if (Number.isFinite(wait)) next = setTimeout(loop, wait * 1000);
}

at('pause').addEventListener('click', () => {
  paused = !paused;
  at('pause').setAttribute('aria-pressed', String(paused));
  loop();
});
document.addEventListener('visibilitychange', loop);
onKey(loop);
build();
loop();
