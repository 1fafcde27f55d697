// Refusals by their stable code. The server's own sentence is English and says more; these are only the ones that
// a person at the page must hear in other words than the person at the server.
export const problems = {
  disk_full: 'The disk of the studio is full, so nothing was saved. What you typed is kept; whoever looks after the server must free some space.',
} as Record<string, string>;
