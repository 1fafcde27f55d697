// Wörter für das Einspielen und Entfernen von Modellen.
import type { Text } from '../en';

export const models: Pick<Text, 'models'> = {
  models: {
    bring: 'Ein Modell einspielen', bringHint: 'Ein Paket ist ein .tar oder .tar.zst mit ONNX-Graphen und Daten, nie Programmen; ein Vergrößerer darf auch als einzelne .onnx kommen. Hier fallen lassen.',
    scale: 'Vergrößert', noUpscaler: 'Noch gibt es keinen Vergrößerer. Nach dem Einspielen, etwa eines ESRGAN oder SwinIR als ONNX, lässt sich jedes Bild von seiner Seite aus größer machen.', upload: 'Datei wählen',
    incoming: (folder) => `Im Ordner ${folder} des Servers`, incomingEmpty: (folder) => `Der Ordner ${folder} des Servers ist leer.`, take: 'Nehmen',
    noIncoming: 'Große Pakete können auch aus einem Ordner des Servers kommen, sobald die Konfiguration einen nennt:', onTheWay: 'Unterwegs',
    states: { receiving: 'Kommt herein', reading: 'Wird angesehen', waiting: 'Wartet, dass die Lizenz angenommen wird', copying: 'Wird kopiert', done: 'Da', failed: 'Abgelehnt', cancelled: 'Abgebrochen' },
    cancel: (file) => `Das Einspielen von ${file} abbrechen`, cancelled: (file) => `Das Einspielen von ${file} ist abgebrochen.`,
    checking: 'Jede Datei wird geprüft', readLicence: 'Lizenz lesen', discard: (file) => `${file} von der Liste nehmen`, arrived: (name) => `${name} ist da und kann benutzt werden. Die Prüfung zeigt, ob diese Maschine die Zahlen der Hersteller trifft.`,
    licenceOf: (name) => `Lizenz von ${name}`, noText: 'Das Paket bringt keinen Lizenztext mit. Nur annehmen, wenn die Lizenz dort gelesen wurde, wo das Modell herkommt.',
    name: 'Name in diesem Studio', nameHint: 'Buchstaben, Ziffern, Punkte, Binde- und Unterstriche.', acceptHint: 'Dass Sie angenommen haben, steht im Protokoll, mit der Prüfsumme dieses Textes.', accept: 'Annehmen und einspielen',
    families: { scene: 'Szenenzeichner', stable_diffusion: 'Stable Diffusion', stable_diffusion_xl: 'Stable Diffusion XL', flux: 'FLUX.1', kontext: 'FLUX.1 Kontext', dreamomni2: 'DreamOmni2', ltx_video: 'LTX-Video', upscaler: 'Vergrößerer' },
    sides: (min, max, multiple) => `${min}–${max} px, Vielfache von ${multiple}`,
    files: (count) => (count === 1 ? '1 Datei' : `${count} Dateien`), disk: 'Auf der Platte', embedded: 'Teil des Programms',
    sealed: 'Gewichte versiegelt', seal: 'Gewichte versiegeln', sealHint: 'Auf der Platte öffnen sie nur die Schlüssel dieses Studios. Das Laden des Modells dauert länger und braucht so lange bis zu doppelt so viel Speicher.',
    removeOne: (name) => `${name} entfernen`, removeHint: (size) => `Seine Dateien werden gelöscht (${size}). Gemachtes bleibt; für Neues muss es wieder eingespielt werden.`, removed: (name) => `${name} wurde entfernt.`,
  },
};
