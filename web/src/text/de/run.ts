// Wörter des Betriebs: Leute, Rollen, Profil, Verwaltung.
import type { Text } from '../en';
const n = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const run: Pick<Text, 'people' | 'roles' | 'profile' | 'admin'> = {
  people: {
    title: (workspace) => `Leute von ${workspace}`, invite: 'Einladen', role: 'Rolle', since: 'Seit', remove: 'Entfernen', you: 'Sie', roleOf: (name) => `Rolle von ${name}`,
    removeOne: (name) => `${name} entfernen`, removeHint: 'Der Zugang zu diesem Arbeitsbereich endet sofort. Gemachtes bleibt, mit Namen.', removed: (name) => `${name} wurde entfernt.`,
    changed: (name, role) => `${name} ist jetzt ${role}.`, whoCan: (names) => `Einladen und Rollen ändern dürfen Eigentümer: ${names}.`,
    invitations: 'Offene Einladungen', for: 'Für', expires: 'Gilt bis', anyone: 'Wer den Link hat', revoke: 'Zurücknehmen', emailOptional: 'E-Mail (darf leer bleiben)',
    emailHint: 'Mit einer Adresse kann nur diese Person den Link nutzen.', makeLink: 'Link machen', copyLink: 'Link kopieren', linkHint: (until) => `Diesen Link schicken. Er gilt einmal, bis ${until}.`,
    linkOnce: 'Der Link wird nur jetzt gezeigt. Das Studio behält keine Kopie.',
  },
  roles: {
    title: 'Was jede Rolle darf', action: 'Handlung', names: { owner: 'Eigentümer', producer: 'Produzent', artist: 'Künstler', reviewer: 'Prüfer', guest: 'Gast', operator: 'Betreiber' },
    hints: { owner: 'Alles, auch die Leute.', artist: 'Macht, holt herein, beschriftet und löscht Bilder.', reviewer: 'Schaut und merkt Favoriten; ändert nichts.' },
    actions: {},
  },
  profile: {
    you: 'Sie', suite: 'Suite, dunkel', desk: 'Schreibtisch, hell', singleKeys: 'Tasten ohne Strg', singleKeysHint: 'J K L, F, S und ähnliche. Tasten mit Strg und Alt bleiben.',
    current: 'Jetziges Passwort', next: 'Neues Passwort', changePassword: 'Passwort ändern', passwordChanged: 'Passwort geändert. Andere Geräte wurden abgemeldet.',
    sessions: 'Angemeldete Geräte', device: 'Gerät', address: 'Adresse', seen: 'Zuletzt gesehen', thisDevice: 'dieses, jetzt', end: 'Dort abmelden',
    tokens: 'Schlüssel für Skripte', tokensHint: 'Ein Token handelt über die API als Sie, ohne Browser. Wie ein Passwort behandeln.', tokenName: 'Wofür', tokenDays: 'Gilt für',
    days: (count) => (count === 0 ? 'ohne Ende' : `${count} Tage`), makeToken: 'Token machen', tokenOnce: 'Jetzt kopieren; es wird nie wieder gezeigt.', made: 'Gemacht', used: 'Zuletzt genutzt', never: 'nie', revoke: 'Widerrufen', revokeOne: (name) => `${name} widerrufen`,
  },
  admin: {
    health: 'Zustand', models: 'Modelle', audit: 'Protokoll', forSupport: 'Für den Support kopieren', copied: 'Kopiert, ohne Namen, Adressen und Beschreibungen.', noClipboard: 'Dieser Browser hat hier keine Zwischenablage.',
    allWell: 'Alles ist in Ordnung.', notWell: (count) => `${n(count, 'Sache braucht', 'Sachen brauchen')} einen Blick.`, device: 'Gerät', queue: 'Schlange', queueHint: 'in Arbeit / wartend', disk: 'Platte',
    free: (size) => `${size} frei`, dataSize: (data, total) => `${data} Daten, Platte mit ${total}`, certificate: 'Zertifikat', daysLeft: 'Tage übrig', keys: 'Öffnet mit',
    methods: { passphrase: 'Passphrase', key_file: 'Schlüsseldatei', recovery: 'Notschlüssel' }, version: 'Version', up: (time) => `läuft seit ${time}`, checks: 'Prüfungen', check: 'Prüfung', reason: 'Grund', fix: 'Was hilft',
    levels: { ok: 'Gut', warn: 'Ansehen', fail: 'Schlecht' }, workers: 'Rechenprozesse', process: 'Prozess', noWorkers: 'Kein Rechenprozess läuft; der nächste Auftrag startet einen.', why: 'Weil', runtime: 'Laufzeit',
    passed: 'Bestanden', failedTest: 'Durchgefallen', untested: 'Hier nicht geprüft', test: 'Prüfen', family: 'Familie', licence: 'Lizenz', tasks: 'Aufgaben', upTo: (count) => `bis zu ${count}`, memory: 'Speicher', case: 'Fall',
    noModels: 'Kein Modell installiert', importHint: 'Modelle sind Ordner mit Daten, nie Programme. Auf dem Server einspielen:',
    verify: 'Kette prüfen', chainWhole: (count) => `Alle ${count} Einträge sind vollständig und in Ordnung.`, chainBroken: (number) => `Eintrag ${number} passt nicht zum vorigen. Jemand oder etwas hat das Protokoll verändert.`,
    action: 'Handlung', actor: 'Wer', when: 'Wann', subject: 'Was', hash: 'Prüfsumme', filter: 'Filtern', system: 'das Studio', noRecords: 'Keine Einträge', noRecordsHint: 'Zu diesem Filter passt nichts.',
    accounts: (count) => n(count, 'Konto', 'Konten'), noContent: 'Betreiber sorgen für das Studio. Sie sehen hier weder Beschreibung noch Bild.',
  },
};
