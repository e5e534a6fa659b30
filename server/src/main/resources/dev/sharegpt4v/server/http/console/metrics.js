/** The samples of Prometheus' text by name, each {labels, value}. */
export function samplesOf(text) {
  const samples = new Map();
  for (const line of text.split('\n')) {
    const parts = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line);
    if (!parts) continue;
    const [, name, labels = '', value] = parts;
    if (!samples.has(name)) samples.set(name, []);
    samples.get(name).push({ labels: labelsOf(labels), value: numberOf(value) });
  }
  return samples;
}

function labelsOf(text) {
  const labels = {};
  for (const [, name, value] of text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name] = value.replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}

const numberOf = text => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

/** The sum of a name over all its labels; undefined where there is none. */
export function total(samples, name) {
  const found = samples.get(name);
  return found?.reduce((sum, { value }) => sum + value, 0);
}

/** The scrapes of the last minute, and what changed within it. */
export class History {
  #scrapes = [];
  #most;

  constructor(seconds) {
    this.#most = seconds * 1000;
  }

  /** Takes in a scrape; a counter that went back means a new process, and what was before is forgotten. Tells firsts. */
  add(at, samples, counter) {
    const last = this.#scrapes.at(-1);
    if (last && (total(samples, counter) ?? 0) < (total(last.samples, counter) ?? 0)) this.#scrapes = [];
    this.#scrapes.push({ at, samples });
    while (at - this.#scrapes[0].at > this.#most) this.#scrapes.shift();
    return this.#scrapes.length === 1;
  }

  /** By how much a counter grew each second of the last ones; undefined before there are two scrapes. */
  rate(name, seconds) {
    const [from, to] = this.#ends(seconds);
    const grown = this.#growth(name, from, to);
    return grown === undefined ? undefined : (grown * 1000) / (to.at - from.at);
  }

  /** How much one counter grew for each of another's; undefined while the other stands still. */
  ratio(name, other, seconds) {
    const [from, to] = this.#ends(seconds);
    const grown = this.#growth(name, from, to);
    const by = this.#growth(other, from, to);
    return grown === undefined || !by ? undefined : grown / by;
  }

  #ends(seconds) {
    const to = this.#scrapes.at(-1);
    return [this.#scrapes.find(({ at }) => to.at - at <= seconds * 1000), to];
  }

  #growth(name, from, to) {
    if (!to || from === to) return undefined;
    const now = total(to.samples, name);
    return now === undefined ? undefined : now - (total(from.samples, name) ?? 0);
  }
}
