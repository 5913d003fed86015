import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Replies } from '../../src/testing/replies.js';

const line = fc.stringMatching(/^[a-z0-9 ]{0,8}$/);
const leaf = fc.oneof(
  line.map((text) => `+${text}\r\n`),
  line.map((text) => `-ERR ${text}\r\n`),
  fc.integer().map((n) => `:${n}\r\n`),
  fc.constantFrom('_\r\n', '#t\r\n', ',1.5\r\n', '(12345678901234567890\r\n', '$-1\r\n', '*-1\r\n', '*0\r\n', '%0\r\n'),
  // A bulk string may contain what looks like the end of one.
  fc.constantFrom('$4\r\na\r\nb\r\n', '=7\r\ntxt:a\r\n\r\n', '!3\r\nERR\r\n', '$0\r\n\r\n'),
);
const { frame } = fc.letrec<{ frame: string }>((tie) => ({
  frame: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('frame'), { maxLength: 3 }).map((items) => `*${items.length}\r\n${items.join('')}`),
    fc.array(tie('frame'), { maxLength: 3 }).map((items) => `~${items.length}\r\n${items.join('')}`),
    fc
      .array(fc.tuple(tie('frame'), tie('frame')), { maxLength: 2 })
      .map((pairs) => `%${pairs.length}\r\n${pairs.flat().join('')}`),
    tie('frame').map((reply) => `|1\r\n+ttl\r\n:1\r\n${reply}`),
  ),
}));

describe('the frames of a stream', () => {
  it('are the same however it is cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.array(fc.nat(200), { maxLength: 8 }), (frames, cuts) => {
        const stream = Buffer.from(frames.join(''));
        const replies = new Replies();
        const found: string[] = [];
        let start = 0;
        for (const end of [...cuts.sort((a, b) => a - b), stream.length]) {
          found.push(...replies.add(stream.subarray(start, end)).map(({ bytes }) => bytes.toString()));
          start = Math.max(start, Math.min(end, stream.length));
        }
        expect(found).toEqual(frames);
      }),
      { seed: 20_230_320, numRuns: 1_000 },
    );
  });

  it('tell replies from pushes', () => {
    const frames = new Replies().add(Buffer.from('>2\r\n+message\r\n+x\r\n+OK\r\n'));
    expect(frames.map(({ isReply }) => isReply)).toEqual([false, true]);
  });

  it.each(['HTTP/1.1 200 OK\r\n', '$x\r\n', '*-2\r\n', '$?\r\n;4\r\nabcd\r\n'])('%j is refused', (text) => {
    expect(() => new Replies().add(Buffer.from(text))).toThrow(SyntaxError);
  });
});
