// A window above the page is a step of its own in the browser's history, so that Back closes it and leaves the page alone.

/** How each open window is closed, the uppermost last. @type {(() => void)[]} */
const open = [];

/** What waits until the browser has gone back the steps of closed windows. @type {(() => void)[] | null} */
let waiting = null;
let patience = 0;

/** How many windows the current step has above the page. */
function depth() {
  return history.state?.windows ?? 0;
}

/** Every open window gets its step, and the steps of closed ones are gone back, which the browser does later. */
function settle() {
  if (waiting) return;
  if (depth() > open.length) {
    waiting = [];
    history.go(open.length - depth());
    // Nothing says that a browser did not go.
    patience = setTimeout(arrive, 1000);
  }
  while (depth() < open.length) history.pushState({ ...history.state, windows: depth() + 1 }, "");
}

function arrive() {
  clearTimeout(patience);
  const acts = waiting ?? [];
  waiting = null;
  settle();
  acts.forEach(afterSteps);
}

addEventListener("popstate", () => {
  if (waiting) arrive();
  else if (depth() > open.length) settle();
  else for (const close of open.slice(depth()).reverse()) close();
});

/**
 * Adds the step of a window that has just opened.
 * @param {() => void} close
 * @returns {() => void} to call once the window is closed, however that came
 */
export function addWindowStep(close) {
  open.push(close);
  settle();
  return () => {
    open.splice(open.indexOf(close), 1);
    settle();
  };
}

/** Acts once no step of a closed window is on the way back: until then a new address would be gone back instead. @param {() => void} act */
export function afterSteps(act) {
  if (waiting) waiting.push(act);
  else act();
}

/** Whether the current step belongs to a window: a new address takes its place. */
export function isWindowStep() {
  return depth() > 0;
}
