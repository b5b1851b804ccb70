// Uploading a picture. `fetch` doesn't report how much has been sent, `XMLHttpRequest` does.
import { expire, key } from "../state/key.js";
import { Failure, failureOf } from "./failure.js";

/** An upload fails after so many milliseconds without progress, or without an answer once all is sent. */
const PATIENCE = 60_000;

/**
 * @param {File} file
 * @param {(share: number) => void} progress 1 once all is sent, while the server prepares the picture
 * @param {AbortSignal} stop
 * @returns {Promise<number>} the picture's id
 */
export async function upload(file, progress, stop) {
  return (await send("/api/medias", file, progress, stop)).media_id;
}

/**
 * The same to that address; answers what the server says.
 * @param {string} path
 * @param {File} file
 * @param {(share: number) => void} progress
 * @param {AbortSignal} stop
 * @returns {Promise<any>}
 */
export function send(path, file, progress, stop) {
  return new Promise((resolve, reject) => {
    const used = key.value;
    const request = new XMLHttpRequest();
    let timer = 0;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        request.abort();
        reject(new Failure("slow"));
      }, PATIENCE);
    };
    request.open("POST", path);
    request.setRequestHeader("api-key", used);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      wait();
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.upload.onload = () => {
      wait();
      progress(1);
    };
    request.onload = () => {
      if (request.status === 201) return resolve(request.response);
      if (request.status === 401) expire(used);
      reject(failureOf(request.status, (name) => request.getResponseHeader(name), request.response));
    };
    request.onerror = () => reject(new Failure(navigator.onLine ? "unreachable" : "offline"));
    request.onloadend = () => clearTimeout(timer);
    stop.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file);
    wait();
    request.send(form);
  });
}
