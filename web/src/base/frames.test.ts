import { describe, expect, it } from 'vitest';
import { clampFrame, frameOf, rateText, seekSecond, timecode } from './frames';

const film = { num: 24000, den: 1001 };

describe('the frame law', () => {
  it('finds every frame again after a seek, for an hour at 23.976', () => {
    for (let frame = 0; frame < 86_400; frame += 7) {
      const shown = (frame * film.den) / film.num; // what a browser reports after the seek
      expect(Math.floor((seekSecond(frame, film) * film.num) / film.den)).toBe(frame);
      expect(frameOf(shown, film)).toBe(frame);
      expect(frameOf(Math.round(shown * 1e6) / 1e6, film)).toBe(frame);
    }
  });

  it('writes timecode without dropping', () => {
    expect(timecode(0, film)).toBe('00:00:00:00');
    expect(timecode(23, film)).toBe('00:00:00:23');
    expect(timecode(24, film)).toBe('00:00:01:00');
    expect(timecode(24 * 3600, { num: 24, den: 1 })).toBe('01:00:00:00');
  });

  it('says rates as people do and never leaves the clip', () => {
    expect(rateText(film)).toBe('23.976');
    expect(rateText({ num: 25, den: 1 })).toBe('25');
    expect(clampFrame(99, 24)).toBe(23);
    expect(clampFrame(-4, 24)).toBe(0);
  });
});
