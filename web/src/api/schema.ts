// The shapes of the wire by the names the product uses, taken from the generated description of the API.
import type { components } from './openapi';

type Wire = components['schemas'];

/** The server always sends every field; what may be missing in a request is null in an answer. */
type Complete<T> = T extends readonly (infer Item)[] ? Complete<Item>[] : T extends object ? { [Key in keyof T]-?: Complete<T[Key]> } : T;

export type Role = Wire['Role'];
export type Task = Wire['Task'];
export type RefRole = Wire['ReferenceRole'];
export type JobState = Wire['JobState'];
export type Rate = Complete<Wire['Rate']>;
export type Problem = Omit<Wire['Problem'], 'fields' | 'cell' | 'request'> & { fields?: Wire['Field'][] | null; cell?: Wire['CellField'][] | null; request?: string };
export type Reference = Wire['Reference'];
/** What an order may leave to the model stands in every answer. */
type Settled<T> = { [Key in keyof T]-?: NonNullable<T[Key]> };
export type Recipe = Complete<Pick<Wire['Recipe'], 'task' | 'prompt' | 'model' | 'variations' | 'seed'>> & Settled<Pick<Wire['Recipe'], 'width' | 'height' | 'steps' | 'guidance'>> &
  Pick<Wire['Recipe'], 'rewritten' | 'negative' | 'frames' | 'rate' | 'strength' | 'scheduler'> & { references: Reference[] };

export type StudioState = Complete<Wire['State']>;
export type Me = Complete<Wire['Me']>;
export type SetupOrder = Wire['SetupBody'];
export type SetupDone = Complete<Wire['SetupDone']>;
export type Session = Complete<Wire['Session']>;
export type Token = Complete<Omit<Wire['Token'], 'secret'>> & { secret?: string | null };
export type Workspace = Complete<Wire['Workspace']>;
export type Overview = Complete<Wire['WorkspaceOverview']>;
export type Member = Complete<Wire['Member']>;
export type Invitation = Complete<Omit<Wire['Invitation'], 'link_code'>> & { link_code?: string | null };
export type InvitationFace = Complete<Wire['InvitationPreview']>;
export type RoleRow = { role: Role | 'operator'; may: string[] };
export type Model = Complete<Wire['Model']>;
export type TestCase = Complete<Wire['TestCase']>;
export type Import = Complete<Wire['Import']>;
export type Incoming = Complete<Wire['IncomingView']>;
export type Unknown = Complete<Wire['UnknownWord']>;
export type Job = Omit<Complete<Wire['Job']>, 'recipe'> & { recipe: Recipe };
export type Rewrite = Complete<Wire['Rewrite']>;
export type Axis = Complete<Wire['Axis']>;
export type AxisField = Wire['AxisField'];
/** What is ordered: a recipe, and perhaps a grid of it. */
export type Order = Recipe & { grid?: { x: Axis; y: Axis | null } | null };
export type Estimate = Complete<Wire['EstimateView']>;
export type Render = Omit<Complete<Wire['Render']>, 'recipe'> & { recipe: Recipe };
export type Asset = Complete<Wire['Asset']>;
export type Lineage = { made_from: Reference[]; used_in: string[] };
export type AuditRecord = Complete<Wire['AuditLine']>;
export type AuditVerdict = Complete<Wire['Verified']>;
export type Health = Complete<Wire['Health']>;
export type StudioAccount = Complete<Wire['Account']>;

export interface Page<T> {
  items: T[];
  next: string | null;
}
/** Compact, because a gallery answer holds thousands. */
export type GalleryItem = [id: string, kind: 'picture' | 'clip' | 'asset', ratio: number, blur: string, favourite: boolean, created: number];
export type Gallery = Omit<Complete<Wire['Gallery']>, 'items'> & { items: GalleryItem[] };
