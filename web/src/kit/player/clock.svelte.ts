// The one module that talks to a <video> about time. Frames in, frames out; seconds stay inside.
import { clampFrame, frameMs, frameOf, seekSecond, type Rate } from '~/base/frames';

export class Clock {
  /** The frame on the glass, as the browser presented it. */
  frame = $state(0);
  playing = $state(false);
  /** Negative runs backwards. */
  speed = $state(1);
  inPoint = $state<number | null>(null);
  outPoint = $state<number | null>(null);
  loop = $state(true);
  ready = $state(false);
  problem = $state(false);
  /** None until a clip is attached: a length that nobody knows yet is not shown. */
  frames = $state(0);
  rate = $state.raw<Rate>({ num: 24, den: 1 });
  /** A second picture that runs along (compare). Never leads. */
  follower: Clock | null = null;

  #video: HTMLVideoElement | null = null;
  #target: number | null = null;
  #wanted: number | null = null;
  #seeking = false;
  #watch = 0;
  #back = 0;

  get first(): number {
    return this.inPoint ?? 0;
  }
  get last(): number {
    return this.outPoint ?? Math.max(0, this.frames - 1);
  }

  attach(video: HTMLVideoElement, rate: Rate, frames: number, start = 0): () => void {
    this.#video = video;
    this.rate = rate;
    this.frames = Math.max(1, frames);
    this.#wanted = clampFrame(start, this.frames);
    const on = (name: string, run: () => void) => video.addEventListener(name, run);
    const loaded = () => {
      this.ready = true;
      this.#flush();
    };
    const seeked = () => {
      this.#seeking = false;
      // Without frame callbacks the middle of the frame is proof enough.
      if (!('requestVideoFrameCallback' in video) && this.#target !== null) this.frame = this.#target;
      this.#flush();
    };
    const ended = () => this.#reachedEnd();
    const failed = () => (this.problem = true);
    on('loadeddata', loaded);
    on('seeked', seeked);
    on('ended', ended);
    on('error', failed);
    if (video.readyState >= 2) loaded();
    this.#listen();
    return () => {
      video.removeEventListener('loadeddata', loaded);
      video.removeEventListener('seeked', seeked);
      video.removeEventListener('ended', ended);
      video.removeEventListener('error', failed);
      if ('cancelVideoFrameCallback' in video) video.cancelVideoFrameCallback(this.#watch);
      cancelAnimationFrame(this.#back);
      video.pause();
      this.#video = null;
    };
  }

  /** Shows exactly this frame and stays there. */
  seek(frame: number): void {
    const target = clampFrame(frame, this.frames);
    this.#wanted = target;
    this.follower?.seek(target);
    this.#flush();
  }
  /** Steps from the frame asked for last, so that fast stepping never loses one. */
  step(by: number): void {
    this.pause();
    this.seek((this.#wanted ?? this.#target ?? this.frame) + by);
  }
  play(speed = 1): void {
    const video = this.#video;
    if (!video) return;
    this.speed = speed;
    this.follower?.play(speed);
    cancelAnimationFrame(this.#back);
    if (speed < 0) {
      video.pause();
      this.playing = true;
      this.#backwards();
      return;
    }
    if (this.frame >= this.last || this.frame < this.first) this.seek(this.first);
    this.playing = true;
    video.playbackRate = speed;
    video.play().catch(() => (this.playing = false));
  }
  pause(): void {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.#back);
    this.#video?.pause();
    this.#target = null;
    this.#wanted = null;
    this.follower?.pause();
    this.follower?.seek(this.frame);
  }
  toggle(): void {
    if (this.playing) this.pause();
    else this.play(1);
  }
  /** J and L: again is faster, the other way turns round. */
  shuttle(direction: 1 | -1): void {
    const same = this.playing && Math.sign(this.speed) === direction;
    this.play(same ? direction * Math.min(4, Math.abs(this.speed) * 2) : direction);
  }
  markIn(frame = this.frame): void {
    this.inPoint = frame;
    if (this.outPoint !== null && this.outPoint <= frame) this.outPoint = null;
  }
  markOut(frame = this.frame): void {
    this.outPoint = frame;
    if (this.inPoint !== null && this.inPoint >= frame) this.inPoint = null;
  }
  clearMarks(): void {
    this.inPoint = null;
    this.outPoint = null;
  }

  #flush(): void {
    const video = this.#video;
    if (!video || !this.ready || this.#seeking || this.#wanted === null) return;
    const next = this.#wanted;
    this.#wanted = null;
    if (this.#target === next && this.frame === next) return;
    this.#target = next;
    this.#seeking = true;
    video.currentTime = seekSecond(next, this.rate);
  }
  #listen(): void {
    const video = this.#video;
    if (!video || !('requestVideoFrameCallback' in video)) return;
    const presented = (_: number, meta: VideoFrameCallbackMetadata) => {
      this.frame = clampFrame(frameOf(meta.mediaTime, this.rate), this.frames);
      if (this.playing && this.speed > 0) {
        this.#target = null;
        const limit = this.last;
        if (this.outPoint !== null && this.frame >= limit) this.#reachedEnd();
        const behind = this.follower;
        if (behind?.playing && Math.abs(behind.frame - this.frame) > 2) behind.seek(this.frame);
      }
      if (this.#video) this.#watch = this.#video.requestVideoFrameCallback(presented);
    };
    this.#watch = video.requestVideoFrameCallback(presented);
  }
  #reachedEnd(): void {
    if (!this.playing) return;
    if (this.loop) {
      this.seek(this.first);
      const video = this.#video;
      if (video?.paused) video.play().catch(() => (this.playing = false));
    } else {
      const end = this.last;
      this.pause();
      this.seek(end);
    }
  }
  /** Browsers refuse a negative rate: step by seeks, dropping frames rather than time. */
  #backwards(): void {
    const from = this.#target ?? this.frame;
    const began = performance.now();
    const each = frameMs(this.rate) / Math.abs(this.speed);
    let asked = from;
    const tick = (now: number) => {
      if (!this.playing || this.speed >= 0) return;
      const next = from - Math.floor((now - began) / each);
      if (next < this.first) {
        if (this.loop) {
          this.seek(this.last);
          this.#target = this.last;
          this.#backwards();
        } else {
          this.seek(this.first);
          this.pause();
        }
        return;
      }
      if (next !== asked && !this.#seeking) {
        asked = next;
        this.seek(next);
      }
      this.#back = requestAnimationFrame(tick);
    };
    this.#back = requestAnimationFrame(tick);
  }
}
