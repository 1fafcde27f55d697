// Wörter des Machens: Erzeugen, Schlange, Abspielen, Vergleichen.
import type { Text } from '../en';
const n = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const make: Pick<Text, 'generate' | 'queue' | 'player' | 'compare'> = {
  generate: {
    recipe: 'Rezept', results: 'Ergebnisse', recent: 'Zuletzt gemacht', task: 'Aufgabe', tasks: { picture: 'Bild', edit: 'Ändern', clip: 'Clip', upscale: 'Vergrößern' },
    prompt: 'Beschreibung', promptHint: 'Was ist zu sehen? {Morgen|Abend} macht von jedem eines.', history: 'Frühere Beschreibungen', toPrompt: 'Zur Beschreibung',
    unknown: (words) => `Das Modell kennt ${words.map((word) => `„${word}“`).join(', ')} nicht und lässt es weg.`,
    wild: (made, total) => (total > made ? `${total} Beschreibungen; die ersten ${made} werden gemacht.` : `Steht für ${n(made, 'Beschreibung', 'Beschreibungen')}.`),
    rewrite: 'Für das Modell umschreiben', rewriteAgain: 'Noch einmal umschreiben', rewriteWaits: 'Wartet auf den Rechenprozess…', rewriting: (pieces) => `Schreibt um: bisher ${n(pieces, 'Wortstück', 'Wortstücke')}…`,
    rewriteHint: 'Der Umschreiber des Modells sieht sich die Vorlagen an und sagt die Beschreibung so, wie das Modell sie zu lesen gelernt hat. Der Text ist zu sehen, bevor er gilt.', rewriteWild: 'Eine Beschreibung, die für mehrere steht, wird nicht umgeschrieben; bitte eine davon hinschreiben.',
    suggestion: 'Vorschlag des Umschreibers', useSuggestion: 'Diesen Text nehmen', keepMine: 'Meine Worte behalten', told: 'Das hört das Modell', toldHint: 'Statt der Beschreibung; das Rezept behält beides.', toldStale: 'Gilt nicht: Die Beschreibung hat sich seither geändert.', backToMine: 'Zurück zu meinen Worten',
    negative: 'Ohne', negativeHint: 'Was nicht zu sehen sein darf',
    references: 'Vorlagen', referenceHint: 'Bilder fallen lassen, einfügen oder wählen', addReference: 'Noch eine', dropHere: 'Hier fallen lassen',
    roleOf: (at) => `Rolle der Vorlage ${at}`, dropReference: (at) => `Vorlage ${at} herausnehmen`, uploading: 'Wird hereingeholt…', tooMany: (left, most) => `Das Modell nimmt höchstens ${n(most, 'Vorlage', 'Vorlagen')}; ${left === 1 ? 'eine Datei blieb' : `${left} Dateien blieben`} draußen.`,
    roles: { source: 'Quelle', subject: 'Motiv', style: 'Stil', pose: 'Haltung', palette: 'Farben', texture: 'Textur', first_frame: 'Erstes Bild', last_frame: 'Letztes Bild', mask: 'Maske' },
    maskHint: 'Weiß in der Maske darf sich ändern; sie ist so groß wie die Quelle.',
    needsSource: 'Eine Änderung braucht eine Vorlage mit der Rolle Quelle: das Bild, das geändert wird.',
    size: 'Größe', width: 'Breite', height: 'Höhe', steps: 'Schritte', guidance: 'Führung', strength: 'Stärke', strengthHint: 'Wie weit sich das Bild von der Quelle entfernen darf', scheduler: 'Scheduler', ownScheduler: 'Der des Modells', seed: 'Startzahl', random: 'zufällig', fixSeed: 'Startzahl festhalten', freeSeed: 'Zufällige Startzahl',
    frames: 'Bilder', rate: 'Bildrate', lasts: (seconds) => `${seconds} Sekunden`, variations: 'Varianten', model: 'Modell',
    noModel: 'Kein Modell installiert. Ein Betreiber kann unter Betrieb, Modelle eines einspielen.',
    makePictures: (count) => `${n(count, 'Bild', 'Bilder')} machen`, makeClips: (count) => `${n(count, 'Clip', 'Clips')} machen`,
    running: (at, of) => (of > 1 ? `Entsteht: ${at} von ${of}` : 'Entsteht'),
    step: (at, of) => `${at}/${of}`, stepsOf: (count) => n(count, 'Schritt', 'Schritte'),
    cancel: 'Abbrechen', cancelled: 'Abgebrochen.', putBack: 'Wieder anstellen', again: 'Ändern und wiederholen', compare: 'Vergleichen', waits: 'wartet',
    resumed: (attempts) => `Der Rechenprozess brach mittendrin ab; das Studio hat diesen Auftrag selbst neu begonnen (Versuch ${attempts}).`,
    variation: (letter) => `Variante ${letter}`, open: (letter) => `Variante ${letter} öffnen`, previewOf: (letter) => `Vorschau von Variante ${letter}`,
    asReference: (letter) => `${letter} als Vorlage nehmen`, download: (letter) => `${letter} herunterladen`, older: 'Älterer Auftrag', newer: 'Neuerer Auftrag',
    emptyTitle: 'Noch nichts gemacht', emptyHint: 'Beschreiben, was zu sehen sein soll, Vorlagen dazulegen, Strg+Enter. Oder mit einem von diesen beginnen:',
    emptyReviewer: 'Noch nichts gemacht', emptyReviewerHint: 'Als Prüfer sehen Sie hier, was die anderen machen, während es entsteht.',
    samples: ['a red boat on the sea at sunset', 'snow mountains under a full moon at night'],
  },
  queue: {
    place: (at) => (at <= 1 ? 'Als Nächstes dran' : `Platz ${at} in der Schlange`), about: (time) => `etwa ${time}`, openJob: 'Auftrag öffnen', past: 'Beendet', state: 'Stand',
    who: 'Wer', when: 'Wann', took: 'Dauer', emptyTitle: 'Niemand wartet', emptyHint: 'Hier stehen die Aufträge aller in diesem Arbeitsbereich an. Man sieht, warum einer wartet und wie lange.',
    waiting: {
      next: () => 'Es beginnt, sobald der Rechenprozess frei ist.',
      own_jobs: (ahead) => `Davor ${ahead === 1 ? 'ist ein eigener Auftrag' : `sind ${ahead} eigene Aufträge`}.`,
      turn: (ahead) => `Davor ${ahead === 1 ? 'ist ein Auftrag' : `sind ${ahead} Aufträge`}; alle kommen gleichmäßig an die Reihe.`,
      no_worker: () => 'Noch ist kein Rechenprozess bereit; es beginnt, sobald einer da ist.',
    },
    states: { queued: 'Wartet', running: 'Entsteht', done: 'Fertig', failed: 'Misslungen', cancelled: 'Abgebrochen' },
  },
  player: {
    timeline: 'Zeitleiste', fps: 'B/s', begin: 'Zum Anfang', end: 'Zum Ende', back: 'Ein Bild zurück', forth: 'Ein Bild vor', back10: 'Zehn Bilder zurück', forth10: 'Zehn Bilder vor',
    play: 'Abspielen', pause: 'Anhalten', toggle: 'Abspielen oder anhalten', stop: 'Anhalten', reverse: 'Rückwärts; noch einmal ist schneller', forward: 'Vorwärts; noch einmal ist schneller',
    in: 'In', out: 'Out', markIn: 'In setzen', markOut: 'Out setzen', clearMarks: 'In und Out löschen', loop: 'Schleife', speed: 'Tempo', full: 'Vollbild',
    broken: 'Dieser Browser kann den Clip nicht zeigen. Herunterladen oder einen Browser mit AV1 nehmen.',
  },
  compare: {
    mode: 'Art des Vergleichs', wipe: 'Blende', side: 'Nebeneinander', flip: 'Wechsel', flipNow: 'Wechseln', swap: 'A und B tauschen', position: 'Ort der Blende', left: 'Blende nach links', right: 'Blende nach rechts',
    open: (letter) => `${letter} öffnen`, differs: 'Was sich unterscheidet', emptyTitle: 'Zwei wählen', emptyHint: 'In der Galerie zwei Bilder oder Clips markieren und C drücken.',
  },
};
