// Words of making: generate, queue, player, compare.
const n = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const make = {
  generate: {
    recipe: 'Recipe', results: 'Results', recent: 'Made lately', task: 'Task', tasks: { picture: 'Picture', edit: 'Edit', clip: 'Clip', upscale: 'Upscale' },
    prompt: 'Prompt', promptHint: 'What is to be seen? {dawn|dusk} makes one of each.', history: 'Earlier prompts', toPrompt: 'To the prompt',
    unknown: (words: string[]) => `The model does not know ${words.map((word) => `“${word}”`).join(', ')} and will leave ${words.length === 1 ? 'it' : 'them'} out.`,
    wild: (made: number, total: number) => (total > made ? `${total} prompts; the first ${made} are made.` : `Stands for ${n(made, 'prompt', 'prompts')}.`),
    rewrite: 'Rewrite for the model', rewriteAgain: 'Rewrite again', rewriteWaits: 'Waiting for the worker…', rewriting: (pieces: number) => `Rewriting: ${n(pieces, 'piece of a word', 'pieces of words')} so far…`,
    rewriteHint: 'The model’s own rewriter looks at the references and says your words as the model was trained to read them. You see the text before it is used.', rewriteWild: 'A prompt that stands for several is not rewritten; write one of them.',
    suggestion: 'Suggested by the rewriter', useSuggestion: 'Use this text', keepMine: 'Keep my words', told: 'Told to the model', toldHint: 'In place of the prompt; the recipe keeps both.', toldStale: 'Not used: the prompt has changed since.', backToMine: 'Back to my words',
    negative: 'Without', negativeHint: 'What must not be seen',
    references: 'References', referenceHint: 'Drop or paste pictures, or choose files', addReference: 'Add another', dropHere: 'Drop here',
    roleOf: (at: number) => `Role of reference ${at}`, dropReference: (at: number) => `Take out reference ${at}`, uploading: 'Bringing it in…', tooMany: (left: number, most: number) => `The model takes at most ${n(most, 'reference', 'references')}; ${n(left, 'file was', 'files were')} left out.`,
    roles: { source: 'Source', subject: 'Subject', style: 'Style', pose: 'Pose', palette: 'Palette', texture: 'Texture', first_frame: 'First frame', last_frame: 'Last frame', mask: 'Mask' },
    maskHint: 'White in the mask is what may change; it has the size of the source.',
    needsSource: 'An edit needs a reference with the role Source: the picture that is changed.',
    size: 'Size', width: 'Width', height: 'Height', steps: 'Steps', guidance: 'Guidance', strength: 'Strength', strengthHint: 'How far the picture may leave its source', scheduler: 'Scheduler', ownScheduler: 'The model’s own', seed: 'Seed', random: 'random', fixSeed: 'Fix a seed', freeSeed: 'Random seed',
    frames: 'Frames', rate: 'Frame rate', lasts: (seconds: string) => `${seconds} seconds`, variations: 'Variations', model: 'Model',
    noModel: 'No model is installed. An operator can import one under Admin, Models.',
    makePictures: (count: number) => `Make ${n(count, 'picture', 'pictures')}`, makeClips: (count: number) => `Make ${n(count, 'clip', 'clips')}`,
    running: (at: number, of: number) => (of > 1 ? `Rendering ${at} of ${of}` : 'Rendering'),
    step: (at: number, of: number) => `${at}/${of}`, stepsOf: (count: number) => n(count, 'step', 'steps'),
    cancel: 'Cancel', cancelled: 'Cancelled.', putBack: 'Put it back', again: 'Change and repeat', compare: 'Compare', waits: 'waiting',
    resumed: (attempts: number) => `The worker stopped in the middle; the studio started this job again by itself (attempt ${attempts}).`,
    variation: (letter: string) => `Variation ${letter}`, open: (letter: string) => `Open variation ${letter}`, previewOf: (letter: string) => `Preview of variation ${letter}`,
    asReference: (letter: string) => `Use ${letter} as reference`, download: (letter: string) => `Download ${letter}`, older: 'Older job', newer: 'Newer job',
    emptyTitle: 'Nothing made yet', emptyHint: 'Write what is to be seen, add references if you have them, and press Ctrl+Enter. Or begin with one of these:',
    emptyReviewer: 'Nothing made yet', emptyReviewerHint: 'As a reviewer you see here what the others make, as it comes into being.',
    samples: ['a red boat on the sea at sunset', 'snow mountains under a full moon at night'],
  },
  queue: {
    place: (at: number) => (at <= 1 ? 'Next in line' : `Place ${at} in line`), about: (time: string) => `about ${time}`, openJob: 'Open this job', past: 'Ended', state: 'State',
    who: 'Who', when: 'When', took: 'Took', emptyTitle: 'Nobody is waiting', emptyHint: 'Jobs of everyone in this workspace line up here. You see why each one waits and for how long.',
    waiting: {
      next: () => 'It starts as soon as the worker is free.',
      own_jobs: (ahead: number) => `${n(ahead, 'job of your own is', 'jobs of your own are')} before it.`,
      turn: (ahead: number) => `${n(ahead, 'job is', 'jobs are')} before it; turns are shared evenly between people.`,
      no_worker: () => 'No worker is ready yet; it starts as soon as one is.',
    } as Record<string, (ahead: number) => string>,
    states: { queued: 'Waiting', running: 'Rendering', done: 'Done', failed: 'Failed', cancelled: 'Cancelled' },
  },
  player: {
    timeline: 'Timeline', fps: 'fps', begin: 'To the start', end: 'To the end', back: 'One frame back', forth: 'One frame on', back10: 'Ten frames back', forth10: 'Ten frames on',
    play: 'Play', pause: 'Stop', toggle: 'Play or stop', stop: 'Stop', reverse: 'Backwards; again is faster', forward: 'Forwards; again is faster',
    in: 'In', out: 'Out', markIn: 'Mark in', markOut: 'Mark out', clearMarks: 'Clear in and out', loop: 'Loop', speed: 'Speed', full: 'Full screen',
    broken: 'This browser cannot show the clip. Download it, or use a browser with AV1.',
  },
  compare: {
    mode: 'Way of comparing', wipe: 'Wipe', side: 'Side by side', flip: 'Flip', flipNow: 'Flip', swap: 'Swap A and B', position: 'Position of the wipe', left: 'Wipe left', right: 'Wipe right',
    open: (letter: string) => `Open ${letter}`, differs: 'What differs', emptyTitle: 'Choose two', emptyHint: 'Select two pictures or clips in the gallery and press C.',
  },
};
