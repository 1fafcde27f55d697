// Words of running the place: people, roles, profile, admin.
const n = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

export const run = {
  people: {
    title: (workspace: string) => `People of ${workspace}`, invite: 'Invite', role: 'Role', since: 'Since', remove: 'Remove', you: 'you', roleOf: (name: string) => `Role of ${name}`,
    removeOne: (name: string) => `Remove ${name}`, removeHint: 'They lose this workspace at once. What they made stays, with their name on it.', removed: (name: string) => `${name} was removed.`,
    changed: (name: string, role: string) => `${name} is now ${role}.`, whoCan: (names: string) => `Inviting and changing roles is for owners: ${names}.`,
    invitations: 'Open invitations', for: 'For', expires: 'Good until', anyone: 'Whoever has the link', revoke: 'Take back', emailOptional: 'E-mail (may stay empty)',
    emailHint: 'With an address, only that person can use the link.', makeLink: 'Make a link', copyLink: 'Copy the link', linkHint: (until: string) => `Send this link. It works once, until ${until}.`,
    linkOnce: 'The link is shown only now. The studio keeps no copy of it.',
  },
  roles: {
    title: 'What each role may do', action: 'Action', names: { owner: 'Owner', producer: 'Producer', artist: 'Artist', reviewer: 'Reviewer', guest: 'Guest', operator: 'Operator' } as Record<string, string>,
    hints: { owner: 'Everything, people included.', artist: 'Makes, brings in, captions and deletes pictures.', reviewer: 'Looks and marks favourites; changes nothing.' } as Record<string, string>,
    actions: {} as Record<string, string>,
  },
  profile: {
    you: 'You', suite: 'Suite, dark', desk: 'Desk, light', singleKeys: 'Single-key shortcuts', singleKeysHint: 'J K L, F, S and the like. Shortcuts with Ctrl and Alt stay.',
    current: 'Present password', next: 'New password', changePassword: 'Change password', passwordChanged: 'Password changed. Other devices were signed out.',
    sessions: 'Signed-in devices', device: 'Device', address: 'Address', seen: 'Last seen', thisDevice: 'this one, now', end: 'Sign out there',
    tokens: 'Tokens for scripts', tokensHint: 'A token acts as you through the API, without a browser. Treat it like a password.', tokenName: 'What for', tokenDays: 'Good for',
    days: (count: number) => (count === 0 ? 'no end' : `${count} days`), makeToken: 'Make a token', tokenOnce: 'Copy it now; it is never shown again.', made: 'Made', used: 'Last used', never: 'never', revoke: 'Revoke', revokeOne: (name: string) => `Revoke ${name}`,
  },
  admin: {
    health: 'Health', models: 'Models', audit: 'Audit', forSupport: 'Copy for support', copied: 'Copied, without names, addresses or prompts.', noClipboard: 'This browser has no clipboard here.',
    allWell: 'Everything is well.', notWell: (count: number) => `${n(count, 'thing needs', 'things need')} a look.`, device: 'Device', queue: 'Queue', queueHint: 'rendering / waiting', disk: 'Disk',
    free: (size: string) => `${size} free`, dataSize: (data: string, total: string) => `${data} of data, disk of ${total}`, certificate: 'Certificate', daysLeft: 'days left', keys: 'Unlocked by',
    methods: { passphrase: 'passphrase', key_file: 'key file', recovery: 'recovery key' }, version: 'Version', up: (time: string) => `up ${time}`, checks: 'Checks', check: 'Check', reason: 'Reason', fix: 'What mends it',
    levels: { ok: 'Well', warn: 'Look', fail: 'Bad' }, workers: 'Workers', process: 'Process', noWorkers: 'No worker is running; one starts with the next job.', why: 'Because', runtime: 'Runtime',
    passed: 'Passed', failedTest: 'Failed', untested: 'Not tested here', test: 'Test', family: 'Family', licence: 'Licence', tasks: 'Tasks', upTo: (count: number) => `up to ${count}`, memory: 'Memory', case: 'Case',
    noModels: 'No model installed', importHint: 'Models are folders of data, never code. Import one on the server:',
    verify: 'Verify the chain', chainWhole: (count: string) => `All ${count} records are whole and in order.`, chainBroken: (number: number) => `Record ${number} does not fit the one before it. Someone or something changed the log.`,
    action: 'Action', actor: 'Who', when: 'When', subject: 'What', hash: 'Hash', filter: 'Filter', system: 'the studio', noRecords: 'No records', noRecordsHint: 'Nothing fits this filter.',
    accounts: (count: number) => n(count, 'account', 'accounts'), noContent: 'Operators look after the studio. They see no prompt and no picture here.',
  },
};
