// The models this studio has, asked once and again when someone tests or imports one.
import { get } from '~/api/client';
import { listen } from '~/api/events';
import { paths } from '~/api/paths';
import type { Model } from '~/api/schema';
import { complain } from './toasts.svelte';

class Models {
  all = $state.raw<Model[]>([]);
  loaded = $state(false);
  #flight: Promise<void> | null = null;

  constructor() {
    listen((name) => {
      if (this.loaded && (name === 'model' || name === 'reset')) void this.load(true);
    });
  }

  async load(again = false): Promise<void> {
    if (this.loaded && !again) return;
    this.#flight ??= get<{ items: Model[] }>(paths.models)
      .then((answer) => {
        this.all = answer.items;
        this.loaded = true;
      }, complain)
      .finally(() => (this.#flight = null));
    await this.#flight;
  }
  /** Those that make something new of words and pictures. */
  get makers(): Model[] {
    return this.all.filter((model) => model.scale === null);
  }
  /** What one begins with: the one that was used here last, else the one that is part of the program, else the first. */
  usual(last: string | null): Model | undefined {
    const { makers } = this;
    return makers.find((model) => model.name === last) ?? makers.find((model) => model.embedded) ?? makers[0];
  }
  /** Those that make a picture larger. */
  get upscalers(): Model[] {
    return this.all.filter((model) => model.scale !== null);
  }
  find(name: string): Model | undefined {
    return this.all.find((model) => model.name === name);
  }
}

export const models = new Models();

export function suggested(model: Model | undefined): [number, number][] {
  return (model?.sizes.suggested ?? []).map((size) => [size.width, size.height]);
}

/** The nearest length of a side that the model can make. */
export function fitting(model: Model, side: number): number {
  const { min, max, multiple } = model.sizes;
  return Math.max(min, Math.min(max, Math.round((Number.isFinite(side) ? side : min) / multiple) * multiple));
}
