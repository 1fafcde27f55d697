// Wörter der Raster: Achsen, Zellen und der Bogen.
import type { Text } from '../en';

export const grid: Pick<Text, 'grid'> = {
  grid: {
    grid: 'Raster', columns: 'Spalten', rows: 'Zeilen', none: 'Keine Zeilen', fields: { seed: 'Startzahl', steps: 'Schritte', guidance: 'Führung', strength: 'Stärke', scheduler: 'Verfahren', prompt: 'Wörter', model: 'Modell', size: 'Größe' },
    values: (axis) => `Werte der ${axis}`, add: 'Dazu', addValue: (axis) => `Wert zu den ${axis} dazu`, drop: (value) => `${value} wegnehmen`,
    hints: { seed: 'eine ganze Zahl', steps: 'eine ganze Zahl', guidance: 'etwa 4.5', strength: '0 bis 1', scheduler: 'ein Name', prompt: 'erst was dasteht, dann was es ersetzt', model: 'Name eines Modells', size: 'etwa 640x360' },
    cells: (count, time) => `${count === 1 ? '1 Zelle' : `${count} Zellen`}${time ? `, etwa ${time}` : ''}`, tooMany: 'Höchstens 64 Zellen.',
    inCell: (cell, why) => `In der Zelle ${cell}: ${why}`,
    of: (columns, rows) => `${columns} × ${rows} Zellen`, openSheet: 'Bogen öffnen', sheet: 'Bogen', download: 'Bogen herunterladen', made: (done, all) => `${done} von ${all}`, size: 'Größe der Zellen',
    open: (cell) => `${cell} öffnen`, choose: (cell) => `${cell} vergleichen`, compareHint: 'Zwei Zellen ankreuzen, um sie zu vergleichen.', missing: 'Diesen Bogen gibt es nicht', missingHint: 'Dieser Auftrag ist kein Raster, oder er liegt nicht in diesem Arbeitsbereich.', later: 'nicht gemacht',
  },
};
