// Who may do what: the server's own table, asked once. The server decides; this only hides what would be refused.
import { get } from '~/api/client';
import { paths } from '~/api/paths';
import type { RoleRow } from '~/api/schema';

class Access {
  rows = $state.raw<RoleRow[]>([]);

  async load(): Promise<void> {
    if (this.rows.length === 0) this.rows = (await get<{ items: RoleRow[] }>(paths.roles)).items;
  }
  /** Roles one can have in a workspace. */
  get roles(): RoleRow[] {
    return this.rows.filter((row) => row.role !== 'operator');
  }
  allows(role: string, action: string): boolean {
    return this.rows.some((row) => row.role === role && row.may.includes(action));
  }
}

export const access = new Access();
