// The pages against the demo model of this repository.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { SCENE, answered, drop, launch, open, realServer, scene } from './support.js';

const KEY = 'sk-browser-tests';
const CAPTION = /large purple star.*small red ring.*large purple triangle/s;
let browser;
let server;
let locked;
let page;

before(async () => {
  browser = await launch();
  server = await realServer();
  locked = await realServer('--api-key', KEY);
});
after(async () => {
  await browser.close();
  await server?.close();
  await locked?.close();
});
beforeEach(async () => {
  page = await ready(server);
});
afterEach(async () => {
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

async function ready(of, options) {
  const opened = await open(browser, of.url, options);
  if (of === server) await opened.waitForFunction(() => document.querySelector('#model').value === 'sharegpt4v-demo');
  return opened;
}

async function caption() {
  await page.waitForSelector('#pictures img');
  await page.fill('#temperature', '0');
  await page.press('#question', 'Enter');
  return answered(page);
}

test('a picture that is dropped is described while one looks', async () => {
  await page.evaluate(() => {
    window.lengths = new Set();
    new MutationObserver(() => window.lengths.add(document.querySelector('.answered .text')?.textContent.length ?? 0))
      .observe(document.querySelector('#turns'), { childList: true, subtree: true, characterData: true });
  });
  await drop(page, [await scene()]);
  assert.match(await caption(), CAPTION);
  assert.ok(await page.evaluate(() => window.lengths.size) > 5, 'it came in pieces');
  assert.match(await page.locator('.figures').textContent(), /first token .* tokens\/s · total .* · prompt \d+ tokens \(\d+ image, \d+ cached\) · answer \d+ tokens/);
});

test('a picture that is chosen is described', async () => {
  await page.setInputFiles('#files', SCENE);
  assert.match(await caption(), CAPTION);
});

test('a picture that is pasted is described', async () => {
  const { base64 } = await scene();
  await page.evaluate(text => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(text), sign => sign.charCodeAt(0))], 'image.png', { type: 'image/png' }));
    document.querySelector('#question').dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));
  }, base64);
  assert.match(await caption(), CAPTION);
});

test('a second question is about the picture of the first, and may be asked again', async () => {
  await drop(page, [await scene()]);
  await caption();
  await page.fill('#question', 'How many shapes are there?\nAnswer the question using a single word or phrase.');
  await page.press('#question', 'Enter');
  await page.waitForFunction(() => document.querySelectorAll('.figures:not(:empty)').length === 2);
  const said = await answered(page);
  assert.match(said, /^\s*(3|three)/i);
  await page.click('#again');
  assert.equal(await answered(page), said);
  assert.equal(await page.locator('.answered').count(), 2);
  await page.click('#clear');
  assert.equal(await page.locator('#turns li').count(), 0);
});

test('a picture that cannot be read is told in the words of the server, and can be taken out', async () => {
  await drop(page, [{ name: 'broken.png', type: 'image/png', base64: btoa('\x89PNG\r\n\x1a\n and no more') }]);
  await page.waitForSelector('#pictures img');
  await page.fill('#question', 'What is it?');
  await page.press('#question', 'Enter');
  await page.waitForSelector('#problem:not(:empty)');
  assert.match(await page.locator('#problem').textContent(), /A picture cannot be read\..+400 · invalid_image/);
  await page.click('.remove');
  assert.equal(await page.locator('#pictures img').count(), 0);
  assert.equal(await page.inputValue('#question'), 'What is it?');
});

test('another kind of picture is told', async () => {
  await drop(page, [{ name: 'drawing.svg', type: 'image/svg+xml', base64: btoa("<svg xmlns='http://www.w3.org/2000/svg'/>") }]);
  await page.waitForSelector('#pictures img');
  await page.press('#question', 'Enter');
  await page.waitForSelector('#problem:not(:empty)');
  assert.match(await page.locator('#problem').textContent(), /This kind of picture is not supported\./);
});

test('a key is asked for where one is needed, and kept in the tab alone', async () => {
  const closed = await ready(locked);
  await closed.waitForSelector('#key:visible');
  assert.equal(await closed.locator('#key-title').textContent(), 'This server needs an API key');
  await closed.fill('#key-value', 'sk-wrong');
  await closed.press('#key-value', 'Enter');
  await closed.waitForFunction(() => document.querySelector('#key-title').textContent.includes('not accepted'));
  assert.match(await closed.locator('#problem').textContent(), /The API key is not accepted\./);
  await closed.fill('#key-value', KEY);
  await closed.press('#key-value', 'Enter');
  await closed.waitForSelector('#key', { state: 'hidden' });
  await closed.waitForFunction(() => document.querySelector('#model').value === 'sharegpt4v-demo');
  assert.deepEqual(await closed.evaluate(() => [sessionStorage.length, localStorage.length, document.cookie]), [1, 0, '']);
  await closed.fill('#question', 'Hello');
  await closed.press('#question', 'Enter');
  await answered(closed);
  await closed.goto(`${locked.url}status`);
  await closed.waitForFunction(() => document.querySelector('#fact-model').textContent === 'sharegpt4v-demo');
  assert.deepEqual(closed.problems, []);
  await closed.context().close();
  const other = await open(browser, `${locked.url}status`);
  await other.waitForSelector('#key:visible');
  await other.context().close();
});

test('the state of the server is shown and moves', async () => {
  await drop(page, [await scene()]);
  await caption();
  const status = await page.context().newPage();
  await status.goto(`${server.url}status`);
  await status.waitForFunction(() => document.querySelector('#state').textContent === 'ready');
  await status.waitForFunction(() => document.querySelector('#tiles .line').getAttribute('d'));
  const tiles = Object.fromEntries(await status.$$eval('.tile', all => all.map(tile => [tile.querySelector('dt').textContent, tile.querySelector('dd').textContent])));
  assert.deepEqual(Object.keys(tiles), [
    'Running', 'Waiting', 'KV cache', 'Tokens', 'First token', 'Next token', 'Prompt cache', 'Picture cache', 'Pictures', 'Requests',
  ]);
  assert.match(tiles.Running, /^0 requests/);
  assert.match(tiles['KV cache'], /^0\.0 % \d+ of \d+ blocks/);
  assert.match(tiles.Tokens, /^0\.00 per second/);
  await page.click('#again');
  await answered(page);
  await status.waitForFunction(() => {
    const value = title => [...document.querySelectorAll('.tile')].find(tile => tile.querySelector('dt').textContent === title).querySelector('.value').textContent;
    return Number.parseFloat(value('Tokens')) > 0 && /ms|s$/.test(value('First token')) && /ms|s$/.test(value('Next token')) && /%$/.test(value('Prompt cache')) && Number.parseFloat(value('Requests')) > 0;
  });
  assert.equal(await status.locator('#fact-model').textContent(), 'sharegpt4v-demo');
  assert.match(await status.locator('#fact-device').textContent(), /cpu/i);
  assert.match(await status.locator('#fact-version').textContent(), /\d/);
  assert.match(await status.locator('#fact-uptime').textContent(), /\d+ (s|min)/);
});

test('both pages have no serious defect of accessibility, in light and dark, wide and narrow', async () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1100, 360]) {
      const seen = await open(browser, server.url, { colorScheme, viewport: { width, height: 740 } });
      await drop(seen, [await scene()]);
      await seen.waitForSelector('#pictures img');
      await seen.fill('#question', 'What is it?');
      await seen.press('#question', 'Enter');
      await answered(seen);
      await drop(seen, [await scene(), { name: 'a.txt', type: 'text/plain', base64: '' }]);
      await seen.waitForSelector('#pictures img');
      await check(seen);
      await seen.click('#copy');
      await check(seen);
      await seen.goto(`${server.url}status`);
      await seen.waitForFunction(() => document.querySelector('#state').textContent === 'ready');
      await check(seen);
      await seen.context().close();
    }
  }
});

async function check(seen) {
  const { violations } = await new AxeBuilder({ page: seen }).analyze();
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(bad.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  const sideways = await seen.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(sideways <= 0, `${sideways} pixels are out of sight`);
  const background = await seen.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await seen.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  assert.equal(Number(/\d+/.exec(background)[0]) < 128, dark);
}

test('the keyboard is enough', async () => {
  const focused = () => page.evaluate(() => {
    const at = document.activeElement;
    const style = getComputedStyle(at.id === 'question' ? document.querySelector('#composer') : at);
    return [at.id || at.textContent.trim(), style.outlineStyle !== 'none' || style.boxShadow.includes('0px 0px 0px 1px')];
  });
  const order = [];
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('Tab');
    const [name, visible] = await focused();
    assert.ok(visible, `the focus at ${name} can be seen`);
    order.push(name);
  }
  assert.deepEqual(order, ['Skip to the question', 'Console', 'Status', 'question', 'choose', 'send', 'copy', 'Parameters']);
  await page.focus('.skip');
  await page.keyboard.press('Enter');
  assert.equal((await focused())[0], 'question');
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(SCENE);
  await page.waitForSelector('#pictures img');
  assert.equal((await focused())[0], 'question');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Remove picture 1: scene.png');
  await page.keyboard.press('Tab');
  await page.keyboard.type('What is it?');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('Tell me.');
  assert.equal(await page.inputValue('#question'), 'What is it?\nTell me.');
  await page.keyboard.press('Enter');
  assert.ok((await answered(page)).length > 0);
  assert.equal((await focused())[0], 'question');
  await page.focus('#copy');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#code[open]');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.querySelector('input[name=language]:checked').value), 'python');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#code', { state: 'hidden' });
  assert.equal((await focused())[0], 'copy');
});

test('motion is reduced for who asks for it', async () => {
  const calm = await ready(server, { reducedMotion: 'reduce' });
  assert.equal(await calm.evaluate(() => {
    const item = document.querySelector('#turns').appendChild(document.createElement('li'));
    item.className = 'running';
    item.appendChild(document.createElement('p')).className = 'text';
    return getComputedStyle(item.firstChild, '::after').animationName;
  }), 'none');
  await calm.context().close();
});

// ---- Code, run as it was copied --------------------------------------------------------------------------------------

const run = promisify(execFile);
const python = process.env.PYTHON ?? 'python3';
const classPath = process.env.OPENAI_JAVA_CLASSPATH;

function hasOpenAi() {
  try {
    execFileSync(python, ['-c', 'import openai'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const RUNNERS = {
  curl: ['ask.sh', file => ['bash', [file]], false],
  python: ['ask.py', file => [python, [file]], !hasOpenAi() && 'set PYTHON to one that has openai'],
  javascript: ['ask.mjs', file => ['node', [file]], false],
  java: ['Ask.java', file => ['java', ['-cp', classPath, file]], !classPath && 'set OPENAI_JAVA_CLASSPATH'],
};

for (const [language, [name, command, skip]] of Object.entries(RUNNERS)) {
  test(`code in ${language} asks what the page asked`, { skip }, async () => {
    await drop(page, [await scene(`it's "$HOME" \`a\` \\ b.png`)]);
    await caption();
    await page.fill('#system', 'Be "exact", $HOME \\ `date` é.');
    await page.fill('#max-tokens', '60');
    await page.fill('#seed', '7');
    await page.selectOption('#detail', 'low');
    await page.fill('#question', 'What is in the center?\nAnswer the question using a single word or phrase. \\n $HOME `date` "\'');
    await page.press('#question', 'Enter');
    await page.waitForFunction(() => document.querySelectorAll('.figures:not(:empty)').length === 2);
    const said = await answered(page);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.click('#copy');
    await page.check(`input[value=${language}]`);
    // Within the repository, where Node finds the client.
    const folder = await mkdtemp(path.join(language === 'javascript' ? import.meta.dirname : os.tmpdir(), '.snippet-'));
    try {
      await copyFile(SCENE, path.join(folder, `it's "$HOME" \`a\` \\ b.png`));
      for (const inline of [false, true]) {
        await page.setChecked('#inline', inline);
        await page.click('#take');
        await page.waitForFunction(() => document.querySelector('#copied').textContent === 'Copied.');
        const code = await page.evaluate(() => navigator.clipboard.readText());
        assert.equal(code.includes(';base64,iVBOR'), inline);
        assert.ok(!(await page.locator('#snippet').textContent()).includes((await scene()).base64));
        await writeFile(path.join(folder, name), code);
        const [program, args] = command(name);
        const { stdout } = await run(program, args, { cwd: folder });
        const text = language !== 'curl' ? stdout : stdout.split('\n')
          .filter(line => line.startsWith('data: {'))
          .map(line => JSON.parse(line.slice(6)).choices[0]?.delta.content ?? '').join('');
        assert.equal(text.trim(), said.trim());
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
