// Makes docs/console.png from the demo model: npm run screenshot.
import path from 'node:path';
import { ROOT, SCENE, answered, launch, open, realServer } from './support.js';

const server = process.env.CONSOLE_URL ? { url: process.env.CONSOLE_URL, close() {} } : await realServer();
const browser = await launch();
const warm = await open(browser, server.url);
for (let i = 0; i < 3; i++) {
  await warm.fill('#question', 'Hello');
  await warm.press('#question', 'Enter');
  await warm.waitForFunction(count => document.querySelectorAll('.figures:not(:empty)').length === count, i + 1);
}
const page = await open(browser, server.url, { viewport: { width: 1120, height: 860 } });
await page.setInputFiles('#files', SCENE);
await page.waitForSelector('#pictures img');
await page.fill('#temperature', '0');
await page.press('#question', 'Enter');
await answered(page);
await page.fill('#question', 'What is in the center?\nAnswer the question using a single word or phrase.');
await page.press('#question', 'Enter');
await page.waitForFunction(() => document.querySelectorAll('.figures:not(:empty)').length === 2);
await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
await page.screenshot({ path: process.argv[2] ?? path.join(ROOT, 'docs/console.png') });
await browser.close();
await server.close();
