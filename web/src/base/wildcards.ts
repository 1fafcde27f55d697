// Wildcards in a prompt: `a {red|blue} boat` stands for one prompt per choice.

export interface Expansion {
  prompts: string[];
  /** How many there would be without the limit. */
  total: number;
}

const CHOICE = /\{([^{}]*\|[^{}]*)\}/;

/** Every prompt the choices stand for, in reading order, at most `limit`. */
export function expand(prompt: string, limit = 16): Expansion {
  const parts: string[][] = [];
  let rest = prompt;
  for (let found = CHOICE.exec(rest); found; found = CHOICE.exec(rest)) {
    parts.push([rest.slice(0, found.index)]);
    parts.push((found[1] ?? '').split('|').map((choice) => choice.trim()));
    rest = rest.slice(found.index + found[0].length);
  }
  parts.push([rest]);
  const total = parts.reduce((product, choices) => product * choices.length, 1);
  let prompts = [''];
  for (const choices of parts) {
    prompts = prompts.flatMap((start) => choices.map((choice) => start + choice)).slice(0, limit);
  }
  return { prompts: [...new Set(prompts.map((text) => text.replace(/[ \t]{2,}/g, ' ').trim()))], total };
}
