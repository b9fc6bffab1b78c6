// The page's half of sealed messages against the published vectors, and against what a broker may do to them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { base64url_bytes, is_key, sealed_codec } from '../../../signaling/viewer/src/sealed_codec.js';

const protocol = readFileSync(new URL('../../../signaling/PROTOCOL.md', import.meta.url), 'utf8');
const vectors = JSON.parse(/<!-- vectors -->\n```json\n(.*?)```/s.exec(protocol)[1]);
const bodied = vectors.filter(({ body }) => body !== '');

test('opens the published vectors and seals them to the letter', () => {
  assert.ok(bodied.length >= 2);
  for (const { key, path, epoch, nonce, body, payload } of bodied) {
    const codec = sealed_codec(key, () => [], () => base64url_bytes(nonce));
    assert.deepEqual(codec.open(path, epoch, payload), JSON.parse(body));
    assert.equal(codec.seal(path, epoch, JSON.parse(body)), payload);
  }
});

test('takes what was sealed under the epoch before, and under no other', () => {
  const [{ key, path, epoch, payload }] = bodied;
  assert.ok(sealed_codec(key, () => ['new', epoch]).open(path, 'new', payload));
  assert.equal(sealed_codec(key, () => ['new', 'old']).open(path, 'new', payload), null);
});

test('nothing that a broker changes opens', () => {
  const [{ key, path, epoch, payload }] = bodied;
  const codec = sealed_codec(key, () => []);
  const { n, c } = JSON.parse(payload);
  const flipped = (text) => (text[5] === 'A' ? 'B' : 'A') + text.slice(1);
  for (const bad of [{ v: 1, n: flipped(n), c }, { v: 1, n, c: flipped(c) }, { v: 1, n, c: c.slice(0, -2) }, { v: 1, n, c: '' }, { v: 1, c }, { v: 2, n, c }]) {
    assert.equal(codec.open(path, epoch, JSON.stringify(bad)), null, JSON.stringify(bad));
  }
  assert.equal(codec.open(path.replace('/offer', '/answer'), epoch, payload), null);
  assert.equal(codec.open(path.replace('/in/', '/to/'), epoch, payload), null);
  assert.equal(codec.open(path, epoch, 'not json'), null);
});

test('a nonce is drawn for each message', () => {
  const [{ key, path, epoch }] = bodied;
  const codec = sealed_codec(key, () => []);
  assert.notEqual(codec.seal(path, epoch, {}), codec.seal(path, epoch, {}));
});

test('keys are 43 letters of base64url', () => {
  assert.ok(is_key(bodied[0].key));
  for (const wrong of ['', undefined, bodied[0].key.slice(1), `${bodied[0].key}A`, '!'.repeat(43)]) assert.equal(is_key(wrong), false);
});
