// Words of bringing models in and taking them away.

export const models = {
  models: {
    bring: 'Bring a model in', bringHint: 'A package is a .tar or .tar.zst with ONNX graphs and data, never code; an upscaler may also come as its lone .onnx. Drop one here.',
    scale: 'Enlarges', noUpscaler: 'There is no upscaler yet. Bring one in, for example an ESRGAN or SwinIR as ONNX, and every picture and upload can be made larger from its page.', upload: 'Choose a file',
    incoming: (folder: string) => `In the server’s folder ${folder}`, incomingEmpty: (folder: string) => `The server’s folder ${folder} is empty.`, take: 'Take it',
    noIncoming: 'Large packages can also be taken from a folder of the server, once the configuration names one:', onTheWay: 'On the way',
    states: { receiving: 'Coming in', reading: 'Looking into it', waiting: 'Waits for its licence to be accepted', copying: 'Copying', done: 'Here', failed: 'Refused', cancelled: 'Cancelled' },
    cancel: (file: string) => `Cancel the import of ${file}`, cancelled: (file: string) => `The import of ${file} is cancelled.`,
    checking: 'Checking every file', readLicence: 'Read the licence', discard: (file: string) => `Take ${file} off the list`, arrived: (name: string) => `${name} is here and can be used. Test it to see whether this machine gives its makers’ numbers.`,
    licenceOf: (name: string) => `Licence of ${name}`, noText: 'The package brings no text of its licence. Accept it only if you have read the licence where you got the model.',
    name: 'Name in this studio', nameHint: 'Letters, digits, dots, hyphens and underscores.', acceptHint: 'That you accepted is written into the audit log, with the hash of this text.', accept: 'Accept and import',
    families: { scene: 'Scene sketcher', stable_diffusion: 'Stable Diffusion', stable_diffusion_xl: 'Stable Diffusion XL', flux: 'FLUX.1', kontext: 'FLUX.1 Kontext', dreamomni2: 'DreamOmni2', ltx_video: 'LTX-Video', upscaler: 'Upscaler' } as Record<string, string>,
    sides: (min: number, max: number, multiple: number) => `${min}–${max} px, multiples of ${multiple}`,
    files: (count: number) => (count === 1 ? '1 file' : `${count} files`), disk: 'On disk', embedded: 'part of the program',
    sealed: 'weights sealed', seal: 'Seal the weights', sealHint: 'On the disk only the keys of this studio open them. Opening the model takes longer, and may need twice the memory until it is loaded.',
    removeOne: (name: string) => `Remove ${name}`, removeHint: (size: string) => `Its files are deleted (${size}). What was made with it stays; to make more, it must be imported again.`, removed: (name: string) => `${name} was removed.`,
  },
};
