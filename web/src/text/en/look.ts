// Words of looking: gallery and one render.
const n = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const look = {
  gallery: {
    wall: 'Pictures', kinds: { picture: 'Picture', clip: 'Clip', asset: 'Upload' }, kind: 'Kind', all: 'All', renders: 'Renders', assets: 'Uploads',
    favourite: 'Favourite', favourites: 'Favourites', by: 'By', everyone: 'Everyone', theBin: 'Bin', bin: 'To the bin', restore: 'Put back', look: 'Layout', rows: 'Rows', grid: 'Grid',
    size: 'Size of the pictures', upload: 'Upload', select: 'Select', selectAll: 'Select all', selectNone: 'Select none', selected: (count: number) => `${count} selected`,
    useAsReference: 'Use as reference', binned: (count: number) => `${n(count, 'item', 'items')} put into the bin.`,
    count: (text: string, count: number) => (count === 1 ? '1 item' : `${text} items`),
    uploading: (done: number, all: number) => `Bringing in ${done + 1 > all ? all : done + 1} of ${all}…`, uploaded: (count: number) => `${n(count, 'picture', 'pictures')} brought in.`,
    notAll: (done: number, refused: number) => `${n(done, 'picture', 'pictures')} brought in, ${refused} refused.`, noPicture: 'is not a picture that the studio reads. Bring PNG, JPEG or WebP.',
    uploadStates: { waiting: 'waiting', going: 'being read', done: 'here', refused: 'refused' }, uploadAgain: 'Try all again', retryOne: (name: string) => `Try ${name} again`, takeOut: (name: string) => `Take ${name} out`,
    showFiles: 'Show files', hideFiles: 'Hide files', dropHere: 'Drop pictures to bring them in', next: 'Next', previous: 'Previous', above: 'Row above', below: 'Row below', pageDown: 'Page down', pageUp: 'Page up', first: 'First', last: 'Last',
    emptyTitle: 'An empty wall', emptyHint: 'Everything made or brought in by anyone in this workspace hangs here. Make something, or drop and paste pictures.',
    nothing: 'Nothing found', nothingHint: 'Try fewer words or take a filter away.', clearFilters: 'Show everything', binEmpty: 'The bin is empty', binHint: 'What is put into the bin can be put back from here.',
    syntax: [['red boat', 'both words'], ['"red boat"', 'as a phrase'], ['boa*', 'begins with'], ['-night', 'without'], ['by:mia', 'by a person'], ['is:clip', 'clips only'], ['model:starter', 'by model'], ['after:2026-01-31', 'since a day']] as [string, string][],
  },
  render: {
    viewer: 'Viewer', about: 'About this picture', recipe: 'Recipe', zoom: 'Zoom', fit: 'Fit', one: 'Exact pixels', two: 'Double pixels', surround: 'Surround', nextSurround: 'Next surround',
    surrounds: { black: 'Black', suite: 'Suite grey', grey: '18 % grey', white: 'White' }, use: 'Use this again', variations: 'Four variations', upscale: 'Upscale', upscaleTo: (scale: number, size: string, model: string) => `× ${scale} to ${size} with ${model}`, download: 'Download',
    withRecipe: 'PNG with its recipe inside', withoutRecipe: 'PNG without the recipe', original: 'Original', mp4: 'Clip (MP4, AV1)', frames: 'Frames (PNG, zip)',
    caption: 'Caption', captionHint: 'What is it for, what is good about it?', noCaption: 'No caption', conflict: 'Someone changed this caption while you wrote.', theirs: 'It now reads:',
    keepMine: 'Keep mine', takeTheirs: 'Take theirs', moved: 'Someone changed this caption just now. You will be asked before anything is lost.',
    without: 'without', hash: 'Hash', copySeed: 'Copy the seed', copyHash: 'Copy the hash', by: 'By', made: 'Made', brought: 'Brought in', file: 'File', name: 'Name', unknown: 'The model did not know this word',
    usedIn: 'Used in', madeFromThis: 'Made from this', siblings: 'Made together', compareWith: (letter: string) => `Compare with ${letter}`, inBin: 'This is in the bin.', missing: 'Not to be found', toGallery: 'Back to the gallery',
    nextOne: 'Next in the gallery', previousOne: 'Previous in the gallery',
  },
};
