import { eventsOf } from './events.js';
import { keyOfTab } from './key.js';

const TITLES = {
  image_too_large: 'A picture is too large.',
  unsupported_image_format: 'This kind of picture is not supported.',
  invalid_image: 'A picture cannot be read.',
  too_many_images: 'These are too many pictures.',
  request_too_large: 'Question and pictures are too large together.',
  context_length_exceeded: 'This conversation is too long for the model.',
  queue_full: 'The server is busy.',
  rate_limit_exceeded: 'This API key asks too often.',
  concurrency_limit_exceeded: 'This API key has too many questions under way.',
  shutting_down: 'The server is shutting down.',
  timeout: 'The server was too slow to begin.',
  out_of_memory: 'The server is out of memory.',
  overloaded: 'The server is busy.',
  model_not_found: 'The server has no such model.',
};

const UNREACHABLE = 'The server cannot be reached.';

/** Why there is no answer, in words: a title, what the server said, and what helps to find the request again. */
export class Refusal extends Error {
  constructor(title, { said = '', status = 0, facts = [], wait = 0 } = {}) {
    super(title);
    Object.assign(this, { title, said, status, facts, wait });
  }
}

function titleOf(status, code) {
  if (TITLES[code]) return TITLES[code];
  if (status === 401) return keyOfTab() ? 'The API key is not accepted.' : 'The server needs an API key.';
  if (status === 413) return TITLES.request_too_large;
  if (status === 429 || status === 503) return 'The server is busy.';
  return status >= 400 && status < 500 ? 'The server did not accept this question.' : 'The server failed.';
}

function secondsOf(retryAfter) {
  if (retryAfter === null) return 0;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
}

function refusalOf(error, status, headers) {
  const code = error?.code ?? '';
  const facts = [];
  if (status) facts.push(String(status));
  if (code) facts.push(String(code));
  if (error?.param) facts.push(`at ${error.param}`);
  const id = headers?.get('x-request-id');
  if (id) facts.push(id);
  return new Refusal(titleOf(status, code), {
    said: error?.message ?? '',
    status,
    facts,
    wait: secondsOf(headers?.get('retry-after') ?? null),
  });
}

/** A body that is too large may end the connection before its answer is read, which looks as if nobody were there. */
async function unreachable(bytes) {
  try {
    await fetch('health/live', { cache: 'no-store' });
    return new Refusal('The server closed the connection.', {
      said: bytes > 1e6 ? `The question had ${(bytes / 1e6).toFixed(1)} MB; perhaps its pictures are too large.` : '',
    });
  } catch {
    return new Refusal(UNREACHABLE, { said: 'It may have been stopped, or the network is down.' });
  }
}

/** A response with status 200; throws a Refusal, or an AbortError when the signal says so. */
export async function call(path, { json, signal } = {}) {
  const headers = {};
  if (keyOfTab()) headers.authorization = `Bearer ${keyOfTab()}`;
  if (json !== undefined) headers['content-type'] = 'application/json';
  const body = json === undefined ? undefined : JSON.stringify(json);
  let response;
  try {
    response = await fetch(path, { method: body ? 'POST' : 'GET', headers, body, signal, cache: 'no-store' });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw failure instanceof TypeError ? await unreachable(body?.length ?? 0) : failure;
  }
  if (response.ok) return response;
  let error = null;
  try {
    error = (await response.json()).error;
  } catch {
    // Something between us and the server may answer in other words.
  }
  throw refusalOf(error, response.status, response.headers);
}

/** The pieces of a chat's answer: {text}, {reason}, {usage}. */
export async function* chat(json, signal) {
  const options = { stream: true, stream_options: { include_usage: true } };
  const response = await call('v1/chat/completions', { json: { ...json, ...options }, signal });
  try {
    for await (const event of eventsOf(response.body)) {
      if (event.data === '[DONE]') return;
      const chunk = JSON.parse(event.data);
      if (event.type === 'error' || chunk.error) throw refusalOf(chunk.error, 0, response.headers);
      const choice = chunk.choices?.[0];
      if (choice?.delta?.content) yield { text: choice.delta.content };
      if (choice?.finish_reason) yield { reason: choice.finish_reason };
      if (chunk.usage) yield { usage: chunk.usage };
    }
  } catch (failure) {
    if (failure instanceof Refusal || failure.name === 'AbortError') throw failure;
  }
  signal?.throwIfAborted();
  throw new Refusal('The answer broke off.', { said: 'The connection ended before the answer did.' });
}
