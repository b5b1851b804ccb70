// Uploading a picture. `fetch` doesn't tell how much has been sent, so this is the elder way.
import { expire, key } from "../state/key.js";
import { Failure, failureOf } from "./failure.js";

/**
 * @param {File} file
 * @param {(share: number) => void} progress
 * @param {AbortSignal} stop
 * @returns {Promise<number>} the picture's id
 */
export function upload(file, progress, stop) {
  return new Promise((resolve, reject) => {
    const used = key.value;
    const request = new XMLHttpRequest();
    request.open("POST", "/api/medias");
    request.setRequestHeader("api-key", used);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      if (request.status === 201) return resolve(request.response.media_id);
      if (request.status === 401) expire(used);
      reject(failureOf(request.status, (name) => request.getResponseHeader(name), request.response));
    };
    request.onerror = () => reject(new Failure(navigator.onLine ? "unreachable" : "offline"));
    stop.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}
