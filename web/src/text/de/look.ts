// Wörter des Schauens: Galerie und ein einzelnes Bild.
import type { Text } from '../en';
const n = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const look: Pick<Text, 'gallery' | 'render'> = {
  gallery: {
    wall: 'Bilder', kinds: { picture: 'Bild', clip: 'Clip', asset: 'Mitgebracht' }, kind: 'Art', all: 'Alle', renders: 'Gemacht', assets: 'Mitgebracht',
    favourite: 'Favorit', favourites: 'Favoriten', by: 'Von', everyone: 'Alle Leute', theBin: 'Papierkorb', bin: 'In den Papierkorb', restore: 'Zurücklegen', look: 'Anordnung', rows: 'Reihen', grid: 'Raster',
    size: 'Größe der Bilder', upload: 'Hereinholen', select: 'Markieren', selectAll: 'Alle markieren', selectNone: 'Keine markieren', selected: (count) => `${count} markiert`,
    useAsReference: 'Als Vorlage nehmen', binned: (count) => `${n(count, 'Stück', 'Stücke')} in den Papierkorb gelegt.`,
    count: (text, count) => (count === 1 ? '1 Stück' : `${text} Stücke`),
    uploading: (done, all) => `${done + 1 > all ? all : done + 1} von ${all} wird hereingeholt…`, uploaded: (count) => `${n(count, 'Bild', 'Bilder')} hereingeholt.`,
    notAll: (done, refused) => `${n(done, 'Bild', 'Bilder')} hereingeholt, ${refused} abgelehnt.`, noPicture: 'ist kein Bild, das das Studio liest. Bitte PNG, JPEG oder WebP nehmen.',
    uploadStates: { waiting: 'wartet', going: 'wird gelesen', done: 'da', refused: 'abgelehnt' }, uploadAgain: 'Alle noch einmal', retryOne: (name) => `${name} noch einmal versuchen`, takeOut: (name) => `${name} herausnehmen`,
    showFiles: 'Dateien zeigen', hideFiles: 'Dateien verbergen', dropHere: 'Bilder zum Hereinholen fallen lassen', next: 'Nächstes', previous: 'Voriges', above: 'Reihe darüber', below: 'Reihe darunter', pageDown: 'Seite hinunter', pageUp: 'Seite hinauf', first: 'Erstes', last: 'Letztes',
    emptyTitle: 'Eine leere Wand', emptyHint: 'Hier hängt alles, was in diesem Arbeitsbereich gemacht oder mitgebracht wird. Machen Sie etwas, oder lassen Sie Bilder fallen.',
    nothing: 'Nichts gefunden', nothingHint: 'Weniger Wörter oder ein Filter weniger helfen.', clearFilters: 'Alles zeigen', binEmpty: 'Der Papierkorb ist leer', binHint: 'Was im Papierkorb liegt, kann von hier zurückgelegt werden.',
    syntax: [['red boat', 'beide Wörter'], ['"red boat"', 'als Wendung'], ['boa*', 'beginnt mit'], ['-night', 'ohne'], ['by:mia', 'von jemandem'], ['is:clip', 'nur Clips'], ['model:starter', 'nach Modell'], ['after:2026-01-31', 'seit einem Tag']],
  },
  render: {
    viewer: 'Betrachter', about: 'Über dieses Bild', recipe: 'Rezept', zoom: 'Vergrößerung', fit: 'Einpassen', one: 'Genaue Pixel', two: 'Doppelte Pixel', surround: 'Umfeld', nextSurround: 'Nächstes Umfeld',
    surrounds: { black: 'Schwarz', suite: 'Suite-Grau', grey: '18 % Grau', white: 'Weiß' }, use: 'Noch einmal nehmen', variations: 'Vier Varianten', upscale: 'Vergrößern', upscaleTo: (scale, size, model) => `× ${scale} auf ${size} mit ${model}`, download: 'Herunterladen',
    withRecipe: 'PNG mit Rezept darin', withoutRecipe: 'PNG ohne Rezept', original: 'Original', mp4: 'Clip (MP4, AV1)', frames: 'Einzelbilder (PNG, Zip)',
    caption: 'Unterschrift', captionHint: 'Wofür ist es, was ist gut daran?', noCaption: 'Keine Unterschrift', conflict: 'Jemand hat diese Unterschrift geändert, während Sie schrieben.', theirs: 'Sie lautet jetzt:',
    keepMine: 'Meine behalten', takeTheirs: 'Ihre nehmen', moved: 'Jemand hat diese Unterschrift eben geändert. Bevor etwas verloren geht, werden Sie gefragt.',
    without: 'ohne', hash: 'Prüfsumme', copySeed: 'Startzahl kopieren', copyHash: 'Prüfsumme kopieren', by: 'Von', made: 'Gemacht', brought: 'Mitgebracht', file: 'Datei', name: 'Name', unknown: 'Dieses Wort kannte das Modell nicht',
    usedIn: 'Verwendet in', madeFromThis: 'Daraus gemacht', siblings: 'Zusammen gemacht', compareWith: (letter) => `Mit ${letter} vergleichen`, inBin: 'Das liegt im Papierkorb.', missing: 'Nicht zu finden', toGallery: 'Zurück zur Galerie',
    nextOne: 'Nächstes der Galerie', previousOne: 'Voriges der Galerie',
  },
};
