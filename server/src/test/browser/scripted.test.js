// What a real server seldom does: broken streams, refusals, odd pieces.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { END, answered, beginStream, chunk, drop, launch, open, scene, scriptedServer, sendJson, usage } from './support.js';

let browser;
let server;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());
beforeEach(async () => {
  server = await scriptedServer();
  page = await open(browser, server.url);
  await page.waitForFunction(() => document.querySelector('#model').value === 'scripted');
});
afterEach(async () => {
  assert.deepEqual(page.problems, []);
  await page.context().close();
  server.close();
});

async function ask(text) {
  await page.fill('#question', text);
  await page.press('#question', 'Enter');
}

const problem = () => page.locator('#problem').textContent();

async function refusedWith(status, error, headers) {
  server.chat = response => sendJson(response, status, { error }, headers);
  await ask('What is it?');
  await page.waitForSelector('#problem:not(:empty)');
  return problem();
}

test('a stream in any pieces gives its text, whatever its line ends and comments are', async () => {
  const bytes = Buffer.from(`: ping\r\n\r\n${chunk('A réd ').replaceAll('\n', '\r\n')}${chunk('circle 🔴').replaceAll('\n', '\r')}: ping\n\n${END}`);
  server.chat = async response => {
    beginStream(response);
    for (const byte of bytes) {
      response.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    response.end();
  };
  await ask('What is it?');
  assert.equal(await answered(page), 'A réd circle 🔴');
  assert.match(await page.locator('.figures').textContent(), /first token .* · total .* · prompt 10 tokens \(0 image, 0 cached\) · answer 3 tokens/);
});

test('the parser of events agrees with itself however a stream is cut', async () => {
  const same = await page.evaluate(async () => {
    const { EventParser } = await import('/console/events.js');
    const stream = ': c\r\ndata: a\r\ndata:b\rdata:  c\n\nevent: error\ndata: {}\n\nid: 7\nretry: 1\n\ndata\n\n\r\n\revent: x\n\ndata: last\r\n\r\ndata: cut';
    const expected = [
      { type: 'message', data: 'a\nb\n c' }, { type: 'error', data: '{}' }, { type: 'message', data: '' }, { type: 'message', data: 'last' },
    ];
    const results = [];
    for (let first = 0; first <= stream.length; first++) {
      for (const second of [first, first + 1, first + 3, stream.length]) {
        const parser = new EventParser();
        const pieces = [stream.slice(0, first), stream.slice(first, second), stream.slice(Math.max(first, second))];
        results.push(JSON.stringify(pieces.flatMap(piece => parser.feed(piece))) === JSON.stringify(expected));
      }
    }
    return results;
  });
  assert.ok(same.length > 300 && same.every(Boolean));
});

test('an error within a stream keeps what was said and tells why', async () => {
  server.chat = response => {
    beginStream(response);
    response.end(`${chunk('A red')}event: error\ndata: ${JSON.stringify({ error: { message: 'The device was lost.', code: 'internal_error' } })}\n\n`);
  };
  await ask('What is it?');
  assert.equal(await answered(page), 'A red');
  assert.match(await problem(), /The server failed\.The device was lost\..*internal_error/);
  assert.match(await page.locator('.figures').textContent(), /broken off/);
  server.chat = response => {
    beginStream(response);
    response.end(chunk('A red circle') + END);
  };
  await page.click('#again');
  assert.equal(await answered(page), 'A red circle');
  assert.equal(await problem(), '');
});

test('a stream that ends too early is told from one that has ended', async () => {
  server.chat = response => {
    beginStream(response);
    response.end(chunk('A red'));
  };
  await ask('What is it?');
  await page.waitForSelector('#problem:not(:empty)');
  assert.match(await problem(), /The answer broke off/);
  assert.equal(await page.locator('.answered .text').textContent(), 'A red');
});

test('a busy server is told with the time it asks to wait, and the question can be sent again', async () => {
  const told = await refusedWith(429, { message: 'Too many requests are under way.', code: 'queue_full' }, { 'retry-after': '7' });
  assert.match(told, /The server is busy\.Too many requests are under way\.It asks to wait 7 s\.429 · queue_full · req_test/);
  assert.equal(await page.inputValue('#question'), 'What is it?');
  assert.equal(await page.locator('.asked').count(), 0);
});

for (const [status, code, title] of [
  [400, 'image_too_large', 'A picture is too large.'],
  [400, 'unsupported_image_format', 'This kind of picture is not supported.'],
  [400, 'invalid_value', 'The server did not accept this question.'],
  [413, 'request_too_large', 'Question and pictures are too large together.'],
  [503, 'shutting_down', 'The server is shutting down.'],
  [500, 'internal_error', 'The server failed.'],
]) {
  test(`${status} ${code} is told in words`, async () => {
    const told = await refusedWith(status, { message: 'Its own words.', code, param: 'messages[0]' });
    assert.ok(told.startsWith(`${title}Its own words.`), told);
    assert.ok(told.includes('at messages[0]'));
  });
}

test('a refusal in other words than the API has is told by its status', async () => {
  server.chat = response => response.writeHead(502, { 'content-type': 'text/html' }).end('<b>Bad gateway</b>');
  await ask('What is it?');
  await page.waitForSelector('#problem:not(:empty)');
  assert.match(await problem(), /The server failed\.502/);
});

test('a server that has gone is told from one that closed the connection', async () => {
  server.chat = response => response.socket.destroy();
  server.routes['/health/live'] = response => sendJson(response, 200, { status: 'live' });
  await ask('What is it?');
  await page.waitForSelector('#problem:not(:empty)');
  assert.match(await problem(), /The server closed the connection/);
  server.routes['/health/live'] = response => response.socket.destroy();
  await page.press('#question', 'Enter');
  await page.waitForFunction(() => document.querySelector('#problem').textContent.includes('cannot be reached'));
});

test('Escape and the button stop an answer, and the server hears of it', async () => {
  for (const stop of [() => page.keyboard.press('Escape'), () => page.click('#stop')]) {
    let gone;
    const hungUp = new Promise(resolve => {
      gone = resolve;
    });
    server.chat = response => {
      response.on('close', gone);
      beginStream(response);
      response.write(chunk('A red circle'));
    };
    await ask('What is it?');
    await page.waitForFunction(() => [...document.querySelectorAll('.answered .text')].at(-1)?.textContent === 'A red circle');
    assert.equal(await page.getAttribute('#conversation', 'aria-busy'), 'true');
    await stop();
    await hungUp;
    await page.waitForSelector('#stop', { state: 'hidden' });
    assert.match(await page.locator('.figures').last().textContent(), /stopped/);
  }
  server.chat = response => {
    beginStream(response);
    response.end(chunk('Yes.') + END);
  };
  await ask('Sure?');
  await page.waitForFunction(() => document.querySelectorAll('.figures:not(:empty)').length === 3);
  const roles = JSON.parse(server.requests.at(-1).body).messages.map(({ role }) => role).join();
  assert.equal(roles, 'user,assistant,user,assistant,user');
});

test('a question that was stopped before its answer began goes back to where it was written', async () => {
  server.chat = response => beginStream(response);
  await drop(page, [await scene()]);
  await page.waitForSelector('#pictures img');
  await ask('What is it?');
  await page.waitForSelector('#stop:visible');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#send:visible');
  assert.equal(await page.inputValue('#question'), 'What is it?');
  assert.equal(await page.locator('#pictures img').count(), 1);
  assert.equal(await page.locator('#turns li').count(), 0);
});

test('nothing of a question or an answer becomes markup', async () => {
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script><b>bold</b>';
  server.chat = response => {
    beginStream(response);
    response.end(chunk(markup) + END);
  };
  await drop(page, [{ ...(await scene()), name: `${markup.replaceAll('/', '')}.png` }]);
  await page.waitForSelector('#pictures img');
  await ask(markup);
  assert.equal(await answered(page), markup);
  assert.equal(await page.locator('.asked .text').textContent(), markup);
  assert.equal(await page.locator('#turns b, #turns script, #turns img[src=x]').count(), 0);
  assert.match(await page.title(), /sharegpt4v/);
});

test('parameters are sent as they are set, and those that are wrong are not', async () => {
  server.chat = response => {
    beginStream(response);
    response.end(chunk('Yes.') + END);
  };
  await ask('First');
  await answered(page);
  assert.deepEqual(Object.keys(JSON.parse(server.requests.at(-1).body)), ['model', 'messages', 'stream', 'stream_options']);
  for (const [id, value] of [['temperature', '0.25'], ['top-p', '0.5'], ['max-tokens', '20'], ['seed', '-7'], ['system', 'Be brief.']]) await page.fill(`#${id}`, value);
  await page.selectOption('#detail', 'high');
  await page.click('#clear');
  await drop(page, [await scene()]);
  await page.waitForSelector('#pictures img');
  await ask('Second');
  await answered(page);
  const sent = JSON.parse(server.requests.at(-1).body);
  assert.deepEqual({ ...sent, messages: 0 }, {
    model: 'scripted', messages: 0, temperature: 0.25, top_p: 0.5, max_tokens: 20, seed: -7, stream: true, stream_options: { include_usage: true },
  });
  assert.deepEqual(sent.messages[0], { role: 'system', content: 'Be brief.' });
  assert.equal(sent.messages[1].content[0].image_url.detail, 'high');
  const before = server.requests.length;
  await page.fill('#temperature', '3');
  await ask('Third');
  await page.waitForTimeout(200);
  assert.equal(server.requests.length, before);
  assert.equal(await page.inputValue('#question'), 'Third');
});

test('pictures stay in the turn they were sent with', async () => {
  server.chat = response => {
    beginStream(response);
    response.end(chunk('Yes.') + END);
  };
  await drop(page, [await scene('a.png'), await scene('b.png')]);
  await page.waitForFunction(() => document.querySelectorAll('#pictures img').length === 2);
  await page.click('#pictures li:first-child .remove');
  assert.equal(await page.locator('#pictures img').getAttribute('alt'), 'Picture 1: b.png');
  await ask('One');
  await answered(page);
  await ask('Two');
  await page.waitForFunction(() => document.querySelectorAll('.figures:not(:empty)').length === 2);
  const { messages } = JSON.parse(server.requests.at(-1).body);
  assert.deepEqual(messages.map(({ role, content }) => [role, Array.isArray(content) ? content.map(({ type }) => type).join() : content]), [
    ['user', 'image_url,text'], ['assistant', 'Yes.'], ['user', 'Two'],
  ]);
});

test('a file that is no picture is told, and others beside it are taken', async () => {
  await drop(page, [{ name: 'notes.txt', type: 'text/plain', base64: 'aGk=' }, await scene()]);
  await page.waitForSelector('#pictures img');
  assert.match(await problem(), /No picture: notes\.txt\./);
});

test('screen readers hear whole sentences, each once', async () => {
  server.chat = async response => {
    beginStream(response);
    for (const piece of ['The image', ' shows a star', '. It is', ' red', '. Then', ' more']) {
      response.write(chunk(piece));
      await new Promise(setImmediate);
    }
    response.end(END);
  };
  await page.evaluate(() => {
    window.heard = [];
    new MutationObserver(changes => {
      for (const { addedNodes } of changes) for (const node of addedNodes) window.heard.push(node.textContent);
    }).observe(document.querySelector('#spoken'), { childList: true, subtree: true, characterData: true });
  });
  await ask('What is it?');
  await answered(page);
  await page.waitForFunction(() => window.heard.at(-1) === 'End of the answer.');
  assert.deepEqual(await page.evaluate(() => window.heard), [
    'Answering.', 'The image shows a star.', 'It is red.', 'Then more', 'End of the answer.',
  ]);
});

test('a line that is being composed by an input method is not sent', async () => {
  await page.fill('#question', 'にほん');
  await page.dispatchEvent('#question', 'keydown', { key: 'Enter', isComposing: true });
  await page.waitForTimeout(100);
  assert.equal(server.requests.filter(({ pathname }) => pathname.includes('chat')).length, 0);
});

test('figures tell speed and what was cached', async () => {
  server.chat = async response => {
    beginStream(response);
    response.write(chunk('A'));
    await new Promise(resolve => setTimeout(resolve, 100));
    response.end(`${chunk(' b')}${usage(600, 4, 576, 512)}data: [DONE]\n\n`);
  };
  await ask('What is it?');
  await answered(page);
  const told = await page.locator('.figures').textContent();
  assert.match(told, /prompt 600 tokens \(576 image, 512 cached\) · answer 4 tokens/);
  assert.match(told, /[\d.]+ tokens\/s/);
});
