import { describe, expect, it } from 'vitest';

import { FrameReader, ProtocolError } from '../src/wire/frames.js';
import { message } from './raw-client.js';

describe('FrameReader', () => {
  const stream = Buffer.concat([
    message({ ping: 1 }, 1),
    message({ insert: 'x', text: 'y'.repeat(300) }, 2),
    message({ ping: 1 }, 3),
  ]);

  it('gives the same messages however the stream is cut', () => {
    const whole = new FrameReader().push(stream).map((bytes) => bytes.toString('hex'));
    expect(whole).toHaveLength(3);
    for (let size = 1; size <= stream.length; size += 1) {
      const reader = new FrameReader();
      const frames: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        frames.push(...reader.push(stream.subarray(at, at + size)).map((bytes) => bytes.toString('hex')));
      }
      expect(frames).toEqual(whole);
    }
  });

  it('refuses an impossible length as soon as it is read, without waiting for its bytes', () => {
    const reader = new FrameReader();
    expect(reader.push(Buffer.of(0xff, 0xff, 0xff))).toEqual([]);
    expect(() => reader.push(Buffer.of(0x7f))).toThrow(ProtocolError);
  });
});
