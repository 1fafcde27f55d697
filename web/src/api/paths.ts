// Addresses on the server, written once.

const v1 = '/api/v1';
const at = encodeURIComponent;

export const paths = {
  state: `${v1}/state`,
  setupCheck: `${v1}/setup/check`,
  setup: `${v1}/setup`,
  unlock: `${v1}/unlock`,
  sessions: `${v1}/sessions`,
  thisSession: `${v1}/sessions/current`,
  me: `${v1}/me`,
  myPassword: `${v1}/me/password`,
  mySessions: `${v1}/me/sessions`,
  mySession: (id: string) => `${v1}/me/sessions/${at(id)}`,
  myTokens: `${v1}/me/tokens`,
  myToken: (id: string) => `${v1}/me/tokens/${at(id)}`,
  workspaces: `${v1}/workspaces`,
  workspace: (ws: string) => `${v1}/workspaces/${at(ws)}`,
  members: (ws: string) => `${v1}/workspaces/${at(ws)}/members`,
  member: (ws: string, account: string) => `${v1}/workspaces/${at(ws)}/members/${at(account)}`,
  invitations: (ws: string) => `${v1}/workspaces/${at(ws)}/invitations`,
  invitation: (ws: string, id: string) => `${v1}/workspaces/${at(ws)}/invitations/${at(id)}`,
  invite: (code: string) => `${v1}/invitations/${at(code)}`,
  accept: (code: string) => `${v1}/invitations/${at(code)}/accept`,
  roles: `${v1}/roles`,
  models: `${v1}/models`,
  reading: (model: string) => `${v1}/models/${at(model)}/reading`,
  modelTest: (model: string) => `${v1}/models/${at(model)}/test`,
  model: (model: string) => `${v1}/models/${at(model)}`,
  jobs: (ws: string) => `${v1}/workspaces/${at(ws)}/jobs`,
  job: (ws: string, id: string) => `${v1}/workspaces/${at(ws)}/jobs/${at(id)}`,
  estimate: (ws: string) => `${v1}/workspaces/${at(ws)}/estimate`,
  sheet: (ws: string, id: string) => `${v1}/workspaces/${at(ws)}/jobs/${at(id)}/sheet?download=true`,
  cancel: (ws: string, id: string) => `${v1}/workspaces/${at(ws)}/jobs/${at(id)}/cancel`,
  preview: (ws: string, id: string, revision: number) => `${v1}/workspaces/${at(ws)}/jobs/${at(id)}/preview?revision=${revision}`,
  rewrites: (ws: string) => `${v1}/workspaces/${at(ws)}/rewrites`,
  rewrite: (ws: string, id: string) => `${v1}/workspaces/${at(ws)}/rewrites/${at(id)}`,
  cancelRewrite: (ws: string, id: string) => `${v1}/workspaces/${at(ws)}/rewrites/${at(id)}/cancel`,
  samples: (ws: string) => `${v1}/workspaces/${at(ws)}/samples`,
  gallery: (ws: string) => `${v1}/workspaces/${at(ws)}/gallery`,
  assets: (ws: string) => `${v1}/workspaces/${at(ws)}/assets`,
  audit: (ws: string) => `${v1}/workspaces/${at(ws)}/audit`,
  auditVerify: (ws: string) => `${v1}/workspaces/${at(ws)}/audit/verify`,
  health: `${v1}/studio/health`,
  accounts: `${v1}/studio/accounts`,
  incoming: `${v1}/studio/incoming`,
  imports: `${v1}/studio/imports`,
  import: (id: string) => `${v1}/studio/imports/${at(id)}`,
  importPart: (id: string, offset: number) => `${v1}/studio/imports/${at(id)}/part?offset=${offset}`,
  importAccept: (id: string) => `${v1}/studio/imports/${at(id)}/accept`,
  studioAudit: `${v1}/studio/audit`,
  studioVerify: `${v1}/studio/audit/verify`,
  events: `${v1}/events`,
  openapi: `${v1}/openapi.json`,
};

/** A render or an upload: the id says which. */
export function isAsset(id: string): boolean {
  return id.startsWith('ast_');
}

export function media(ws: string, id: string): string {
  return `${v1}/workspaces/${at(ws)}/${isAsset(id) ? 'assets' : 'renders'}/${at(id)}`;
}

export function picture(ws: string, id: string, size: 'thumb' | 'view' | 'original'): string {
  return `${media(ws, id)}/picture?size=${size}`;
}

export function clip(ws: string, id: string): string {
  return `${media(ws, id)}/clip`;
}
