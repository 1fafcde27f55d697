// Wörter der eigenen Seiten eines Arbeitsbereichs und der Beispiele.
import type { Text } from '../en';

export const rooms: Pick<Text, 'workspace' | 'samples'> = {
  workspace: {
    pages: 'Seiten dieses Arbeitsbereichs', about: 'Überblick', log: 'Protokoll', name: 'Name', members: 'Mitglieder', storage: 'Belegter Speicher', created: 'Angelegt', yourRole: 'Ihre Rolle',
    sealed: 'Mit einem eigenen Schlüssel versiegelt: Zeilen, Bilder, Suche und Protokoll liegen getrennt von denen anderer Arbeitsbereiche.',
    renameRefused: 'Umbenennen können ihn Eigentümer und Produzenten.', allPeople: 'Alle Leute und Rollen',
    leave: 'Diesen Arbeitsbereich verlassen', leaveOne: (name) => `${name} verlassen`, left: (name) => `Sie haben ${name} verlassen.`,
    leaveHint: 'Der Zugang endet sofort; was Sie gemacht haben, bleibt. Zurück führt nur eine Einladung. Der letzte Eigentümer kann nicht gehen.',
    another: 'Neuer Arbeitsbereich', anotherHint: 'Er ist für sich versiegelt und beginnt leer. Sie werden Eigentümer und laden die anderen ein.', make: 'Arbeitsbereich anlegen',
    settings: 'Über diesen Arbeitsbereich', logOf: (name) => `Protokoll von ${name}`, logRefused: 'Das Protokoll eines Arbeitsbereichs ist für seine Eigentümer und Produzenten.',
  },
  samples: {
    offer: 'Mit Beispielbildern', offerHint: 'Eine Handvoll Bilder in verschiedenen Stilen und ein Clip entstehen gleich, auf Ihrem eigenen Rechner, als gewöhnliche Aufträge. Sie zeigen, was Galerie, Suche, Vergleich und Player tun, und lassen sich löschen wie alles.',
    ordered: (count) => `${count} Beispiele entstehen. Sie erscheinen nach und nach in der Galerie.`,
    hint: 'Oder das Studio macht ein paar Beispiele, um zu sehen, wie alles geht.', make: 'Beispiele machen',
    coming: (count) => `${count} ${count === 1 ? 'Auftrag ist' : 'Aufträge sind'} in der Schlange. Was daraus wird, hängt nach und nach hier.`,
  },
};
