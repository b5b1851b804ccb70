// A window above the page is a step of its own in the browser's history, so that Back closes it and leaves the page alone.

/** How many windows the current step has above the page. */
function depth() {
  return history.state?.windows ?? 0;
}

/**
 * Adds the step of a window that has just opened.
 * @param {() => void} close
 * @returns {() => void} to call once the window is closed, however that came
 */
export function addWindowStep(close) {
  const own = depth() + 1;
  history.pushState({ ...history.state, windows: own }, "");
  const left = () => depth() < own && close();
  addEventListener("popstate", left);
  return () => {
    removeEventListener("popstate", left);
    // The step of an address that was opened meanwhile stays.
    if (depth() === own) history.back();
  };
}

/** Whether the current step belongs to a window: a new address takes its place. */
export function isWindowStep() {
  return depth() > 0;
}
