import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { chromium } from 'playwright-core';

const HERE = import.meta.dirname;
export const ROOT = path.resolve(HERE, '../../../..');
const FILES = path.resolve(HERE, '../../main/resources/dev/sharegpt4v/server/http/console');
export const SCENE = path.join(ROOT, 'docs/scene.png');

/** A Chromium; the tests of one file share it. */
export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A page that fails its test by any error, and by any request to another host. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.problems = [];
  page.on('pageerror', error => page.problems.push(String(error)));
  page.on('console', message => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) page.problems.push(message.text());
  });
  page.on('request', request => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin) page.problems.push(request.url());
  });
  await page.goto(url);
  return page;
}

/** The demo model, served by this repository's own launcher or the one named; build it before. */
export async function realServer(...args) {
  const child = spawn(process.env.SHAREGPT4V ?? path.join(ROOT, 'sharegpt4v'), ['serve', '--port', '0', ...args], { cwd: ROOT });
  let told = '';
  const url = await new Promise((resolve, reject) => {
    const read = bytes => {
      told += bytes;
      const ready = /^ready (\S+)/m.exec(told);
      if (ready) resolve(`${ready[1]}/`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => reject(new Error(told)));
  });
  return {
    url,
    async close() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript' };

/** The pages beside an API that says what a test tells it to; for what a real server seldom does. */
export async function scriptedServer() {
  const scripted = { chat: null, routes: {}, requests: [] };
  const server = http.createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    let body = '';
    for await (const piece of request) body += piece;
    scripted.requests.push({ pathname, headers: request.headers, body });
    if (pathname === '/v1/chat/completions') {
      await scripted.chat(response, body && JSON.parse(body), request);
    } else if (scripted.routes[pathname]) {
      await scripted.routes[pathname](response, request);
    } else if (pathname === '/v1/models') {
      sendJson(response, 200, { object: 'list', data: [{ id: 'scripted', object: 'model' }] });
    } else {
      const name = { '/': 'index.html', '/status': 'status.html' }[pathname] ?? pathname.replace('/console/', '');
      try {
        const file = await readFile(path.join(FILES, path.basename(name)));
        response.setHeader('content-type', `${TYPES[name.split('.').pop()]}; charset=utf-8`);
        response.end(file);
      } catch {
        sendJson(response, 404, { error: { message: 'nothing', code: 'not_found' } });
      }
    }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  scripted.url = `http://127.0.0.1:${server.address().port}/`;
  scripted.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return scripted;
}

export function sendJson(response, status, json, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req_test', ...headers });
  response.end(JSON.stringify(json));
}

export const chunk = (content, more = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more })}\n\n`;

export const END = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n${usage(10, 3)}data: [DONE]\n\n`;

export function usage(prompt, completion, image = 0, cached = 0) {
  return `data: ${JSON.stringify({
    choices: [],
    usage: { prompt_tokens: prompt, completion_tokens: completion, prompt_tokens_details: { image_tokens: image, cached_tokens: cached } },
  })}\n\n`;
}

export function beginStream(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}

/** Drops files on a page as a user's file manager would. */
export async function drop(page, files) {
  const data = await page.evaluateHandle(given => {
    const transfer = new DataTransfer();
    for (const { name, type, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), sign => sign.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type }));
    }
    return transfer;
  }, files);
  await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
}

export async function scene(name = 'scene.png') {
  return { name, type: 'image/png', base64: await readFile(SCENE, 'base64') };
}

/** The last answer once it has ended. */
export async function answered(page) {
  await page.waitForFunction(() => document.querySelector('#conversation').ariaBusy === 'false' && document.querySelector('.figures:not(:empty)'));
  return page.locator('.answered .text').last().textContent();
}
