// Pictures of the studio dragged from one place of it to another, tabs included: only the id travels.

const KIND = 'application/x-studio-picture';

export function carry(event: DragEvent, id: string): void {
  if (!event.dataTransfer) return;
  event.dataTransfer.setData(KIND, id);
  event.dataTransfer.effectAllowed = 'copy';
}

/** While it hovers only the kind can be read. */
export function carries(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes(KIND) ?? false;
}

export function carried(event: DragEvent): string | null {
  return event.dataTransfer?.getData(KIND) || null;
}
