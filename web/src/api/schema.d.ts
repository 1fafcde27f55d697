// The shapes of the wire, one name per thing.

export type Phase = 'setup' | 'locked' | 'recovery' | 'ready';
export type Role = 'owner' | 'artist' | 'reviewer' | (string & {});
export type Task = 'picture' | 'edit' | 'clip';
export type RefRole = 'source' | 'subject' | 'style' | 'pose' | 'palette' | 'texture' | 'first_frame' | 'last_frame';
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface StudioState {
  phase: Phase;
  version: string;
  studio_name: string | null;
  fingerprint: string;
  addresses: string[];
  recovery_reason: string | null;
  unlock_methods: ('passphrase' | 'key_file' | 'recovery')[];
}
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request?: string;
  fields?: { field: string; detail: string }[];
}
export interface Page<T> { items: T[]; next: string | null }
export interface Person { id: string; name: string }
export interface Account extends Person { email: string }
export interface Me {
  account: Account & { language: string | null; theme: string | null };
  csrf: string;
  studio_role: string | null;
  workspaces: { id: string; name: string; role: Role }[];
}
export interface SetupOrder {
  code: string;
  studio_name: string;
  contact: string;
  owner: { name: string; email: string; password: string };
  unlock: { method: 'passphrase'; passphrase: string } | { method: 'key_file' };
  workspace_name: string;
}
export interface SetupDone { recovery_key: string; me: Me }
export interface Session { id: string; created: string; last_seen: string; address: string; agent: string; current: boolean }
export interface Token { id: string; name: string; created: string; expires: string | null; last_used: string | null; secret?: string }
export interface Workspace { id: string; name: string; role?: Role }
export interface Member { account: Account; role: Role; since: string }
export interface Invitation { id: string; role: Role; email: string | null; created: string; expires: string; link_code?: string }
export interface InvitationFace { studio_name: string; workspace_name: string; role: Role; email: string | null }
export interface RoleRow { role: Role; may: string[] }
export interface Rate { num: number; den: number }
export interface Model {
  name: string;
  version: string;
  family: string;
  licence: string;
  tasks: Task[];
  max_references: number;
  roles: RefRole[];
  sizes: { min: number; max: number; multiple: number; suggested: ([number, number] | { width: number; height: number })[] };
  defaults: { width: number; height: number; steps: number; guidance: number; frames: number | null; rate: Rate | null };
  memory_bytes: number;
  tested: { at: string; passed: boolean } | null;
}
export interface TestCase { name: string; max: number; mean: number; passed: boolean }
export interface Unknown { word: string; start: number; end: number }
export interface Reference { render?: string; asset?: string; role: RefRole }
export interface Recipe {
  task: Task;
  prompt: string;
  negative?: string | null;
  references: Reference[];
  width: number;
  height: number;
  steps: number;
  guidance: number;
  seed: number | null;
  variations: number;
  model: string;
  frames?: number | null;
  rate?: Rate | null;
}
export interface Job {
  id: string;
  state: JobState;
  recipe: Recipe;
  by: Person;
  created: string;
  started: string | null;
  ended: string | null;
  step: number;
  steps_total: number;
  variation: number;
  preview: number | null;
  position: number | null;
  waiting: { reason: string; sentence: string; estimate_seconds: number | null } | null;
  renders: string[];
  problem: { code: string; detail: string } | null;
  unknown_words: string[];
  attempts: number;
}
export interface Render {
  id: string;
  kind: 'picture' | 'clip';
  job: string;
  recipe: Recipe;
  by: Person;
  created: string;
  width: number;
  height: number;
  frames: number | null;
  rate: Rate | null;
  bytes: number;
  model: { name: string; version: string; hash: string };
  caption: string | null;
  caption_revision: number;
  favourite: boolean;
  blur: string;
  deleted: boolean;
  unknown_words: string[];
}
export interface Asset {
  id: string;
  name: string;
  width: number;
  height: number;
  bytes: number;
  by: Person;
  created: string;
  caption: string | null;
  caption_revision: number;
  favourite: boolean;
  blur: string;
  deleted: boolean;
}
export type GalleryItem = [id: string, kind: 'picture' | 'clip' | 'asset', ratio: number, blur: string, favourite: boolean, created: number];
export interface Gallery { revision: number; items: GalleryItem[]; total: number }
export interface AuditRecord { number: number; at: string; actor: Person | null; action: string; subject: string; detail: string; hash: string }
export interface AuditVerdict { records: number; ok: boolean; first_bad: number | null }
export interface Health {
  version: string;
  uptime_seconds: number;
  device: { name: string; kind: string; reason: string };
  runtime: string;
  disk: { free: number; total: number; data: number };
  queue: { waiting: number; running: number };
  keys: { methods: string[] } & Record<string, unknown>;
  certificate: { fingerprint: string; expires: string; days: number; names: string[] };
  workers: { pid: number | null; state: string; model: string | null }[];
  checks: { id: string; level: 'ok' | 'warn' | 'fail'; reason: string; fix: string | null }[];
}
export interface StudioAccount { id: string; name: string; email: string; studio_role?: string | null; created?: string; last_seen?: string | null; workspaces?: number }
