// Something that a view needs before it can be shown.
import { useEffect, useState } from "../../vendor/hooks.mjs";
import { asFailure } from "../api/failure.js";

/** @import { Failure } from "../api/failure.js" */

/**
 * @template Found
 * @param {() => Promise<Found>} load
 * @param {unknown} subject loads again when this changes
 */
export function useLoaded(load, subject) {
  const [state, setState] = useState(/** @type {{found?: Found, failure?: Failure}} */ ({}));
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    setState({});
    load().then((found) => current && setState({ found }), (error) => current && setState({ failure: asFailure(error) }));
    return () => {
      current = false;
    };
  }, [subject, attempt]);
  return { ...state, retry: () => setAttempt(attempt + 1), change: (/** @type {Found} */ found) => setState({ found }) };
}
