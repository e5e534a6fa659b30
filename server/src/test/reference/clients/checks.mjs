// What the checks of JavaScript clients share.
import { deflateSync } from "node:zlib";

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = crcTable[(crc ^ byte) & 255] ^ (crc >>> 8);
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE((crc ^ 0xffffffff) >>> 0, 8 + data.length);
  return out;
}

/** A red square on white, as base64 of a PNG. */
export function picture(side = 336) {
  const rows = [];
  for (let y = 0; y < side; y++) {
    const row = Buffer.alloc(1 + 3 * side, 255);
    row[0] = 0;
    for (let x = 0; x < side; x++) {
      if (x > 90 && x < 240 && y > 90 && y < 240) row.set([200, 30, 30], 1 + 3 * x);
    }
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([
    signature, chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.concat(rows))), chunk("IEND", Buffer.alloc(0)),
  ]).toString("base64");
}

export const pictureUri = () => "data:image/png;base64," + picture();

export function require(holds, what) {
  if (!holds) throw new Error("not so: " + what);
}

export async function modelOf(url, key) {
  const answer = await fetch(url + "/v1/models", { headers: { authorization: "Bearer " + key } });
  return (await answer.json()).data[0].id;
}

export async function run(checks) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log("ok    ", name);
    } catch (e) {
      failed++;
      console.log("FAILED", name, "-", e.constructor.name, String(e.message).slice(0, 300));
    }
  }
  process.exit(failed ? 1 : 0);
}
