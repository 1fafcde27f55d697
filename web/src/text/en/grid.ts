// Words of grids: axes, cells and the sheet.

export const grid = {
  grid: {
    grid: 'Grid', columns: 'Columns', rows: 'Rows', none: 'No rows', fields: { seed: 'Seed', steps: 'Steps', guidance: 'Guidance', strength: 'Strength', scheduler: 'Scheduler', prompt: 'Words', model: 'Model', size: 'Size' } as Record<string, string>,
    values: (axis: string) => `Values of the ${axis}`, add: 'Add', addValue: (axis: string) => `Add a value to the ${axis}`, drop: (value: string) => `Take away ${value}`,
    hints: { seed: 'a whole number', steps: 'a whole number', guidance: 'such as 4.5', strength: '0 to 1', scheduler: 'a name', prompt: 'first what is in the prompt, then what replaces it', model: 'a model’s name', size: 'such as 640x360' } as Record<string, string>,
    cells: (count: number, time: string) => `${count === 1 ? '1 cell' : `${count} cells`}${time ? `, about ${time}` : ''}`, tooMany: 'At most 64 cells.',
    inCell: (cell: string, why: string) => `In the cell ${cell}: ${why}`,
    of: (columns: number, rows: number) => `${columns} × ${rows} cells`, openSheet: 'Open the sheet', sheet: 'Sheet', download: 'Download the sheet', made: (done: number, all: number) => `${done} of ${all}`, size: 'Size of the cells',
    open: (cell: string) => `Open ${cell}`, choose: (cell: string) => `Compare ${cell}`, compareHint: 'Tick two cells to compare them.', missing: 'No such sheet', missingHint: 'This job is no grid, or it is not in this workspace.', later: 'not made',
  },
};
