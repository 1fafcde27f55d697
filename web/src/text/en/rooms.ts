// Words of a workspace's own pages and of the samples.
export const rooms = {
  workspace: {
    pages: 'Pages of this workspace', about: 'About', log: 'Log', name: 'Name', members: 'Members', storage: 'Storage used', created: 'Created', yourRole: 'Your role',
    sealed: 'Sealed with a key of its own: rows, pictures, search and log lie apart from those of other workspaces.',
    renameRefused: 'Owners and producers can rename it.', allPeople: 'All people and roles',
    leave: 'Leave this workspace', leaveOne: (name: string) => `Leave ${name}`, left: (name: string) => `You left ${name}.`,
    leaveHint: 'You lose access at once; what you made stays. Only an invitation brings you back. The last owner cannot leave.',
    another: 'New workspace', anotherHint: 'It is sealed on its own and starts empty. You become its owner and invite the others.', make: 'Make the workspace',
    settings: 'About this workspace', logOf: (name: string) => `Log of ${name}`, logRefused: 'The log of a workspace is for its owners and producers.',
  },
  samples: {
    offer: 'With sample pictures', offerHint: 'A handful of pictures in different styles and a clip are made right away, by your own machine, as ordinary jobs. They show what gallery, search, compare and player do, and can be deleted like everything.',
    ordered: (count: number) => `${count} samples are being made. They appear in the gallery as they come.`,
    hint: 'Or let the studio make a few samples, to see how everything works.', make: 'Make samples',
    coming: (count: number) => `${count} ${count === 1 ? 'job is' : 'jobs are'} in the queue. What they make hangs here as it comes.`,
  },
};
