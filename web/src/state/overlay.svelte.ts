// Which layer lies over the page.
class Overlay {
  palette = $state(false);
  keys = $state(false);
  newWorkspace = $state(false);
}
export const overlay = new Overlay();
