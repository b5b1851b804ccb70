// Zooms a picture by click, wheel, keys or pinch, and pans it by dragging.
import { useEffect, useRef, useState } from "../../vendor/hooks.mjs";

/** @typedef {{scale: number, x: number, y: number}} Zoom `scale` 1 fits the window; `x` and `y` move the middle, in pixels */
/** @typedef {{x: number, y: number}} Point */

/** @type {Zoom} */
const FIT = { scale: 1, x: 0, y: 0 };
const STEP = 1.5;
/** Arrow keys move by so many pixels. */
const PACE = 80;
/** How far a pointer travels, in pixels, before it drags. */
const DRAG = 4;
/** How far a finger travels, in pixels, for a swipe. */
const SWIPE = 48;
/** How much a wheel zooms, by pixel. */
const WHEEL = 0.002;
/** A click doubles a picture that is shown in full size already. */
const DOUBLE = 2;

/**
 * @param {{current: HTMLImageElement | null}} image
 * @param {{id: number, width: number}} picture
 * @param {{swipe: (by: number) => void, close: () => void}} actions `close` for a click beside the picture
 */
export function useZoom(image, picture, { swipe, close }) {
  const [zoom, setZoom] = useState(FIT);
  // Several events may come before the next rendering.
  const now = useRef(FIT);
  const pointers = useRef(/** @type {Map<number, Point>} */ (new Map()));
  const start = useRef({ x: 0, y: 0 });
  const dragged = useRef(false);
  const pinched = useRef(false);
  useEffect(() => show(FIT), [picture.id]);

  /** @param {Zoom} next */
  const show = (next) => {
    now.current = next;
    setZoom(next);
  };
  /** The picture's place and size at scale 1, and the scale of its full size. */
  const fitted = () => {
    const { scale, x, y } = now.current;
    const box = image.current?.getBoundingClientRect() ?? new DOMRect();
    const width = box.width / scale || 1;
    return { width, height: box.height / scale, x: box.x + box.width / 2 - x, y: box.y + box.height / 2 - y, whole: picture.width / width };
  };
  /**
   * @param {number} scale
   * @param {Point} [point] stays where it is, in the window
   * @param {Point} [by] moves the picture besides
   */
  const zoomTo = (scale, point, by = { x: 0, y: 0 }) => {
    const { width, height, x, y, whole } = fitted();
    const next = Math.min(Math.max(scale, 1), Math.max(DOUBLE * whole, 4));
    const ratio = next / now.current.scale;
    const room = (/** @type {number} */ length, /** @type {number} */ window) => Math.max(0, (length * next - window) / 2);
    /** @type {(offset: number, from: number, was: number, most: number) => number} */
    const moved = (offset, from, was, most) => Math.min(most, Math.max(-most, offset + from - (from - was) * ratio));
    show({
      scale: next,
      x: moved(by.x, (point?.x ?? x) - x, now.current.x, room(width, innerWidth)),
      y: moved(by.y, (point?.y ?? y) - y, now.current.y, room(height, innerHeight)),
    });
  };
  /** Switches between fit and full size. @param {Point} [point] */
  const toggle = (point) => {
    if (now.current.scale > 1) return show(FIT);
    const { whole } = fitted();
    zoomTo(whole > 1.1 ? whole : DOUBLE, point);
  };

  /** @param {WheelEvent} event */
  const onWheel = (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
    zoomTo(now.current.scale * Math.exp(-event.deltaY * lines * WHEEL), event);
  };
  /** @param {PointerEvent} event */
  const onPointerDown = (event) => {
    if (event.button !== 0) return;
    if (!pointers.current.size) {
      start.current = { x: event.clientX, y: event.clientY };
      dragged.current = pinched.current = false;
    }
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  };
  /** @param {PointerEvent} event */
  const onPointerMove = (event) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const here = { x: event.clientX, y: event.clientY };
    const others = [...pointers.current.entries()].filter(([id]) => id !== event.pointerId);
    pointers.current.set(event.pointerId, here);
    dragged.current ||= Math.hypot(here.x - start.current.x, here.y - start.current.y) > DRAG;
    const by = { x: here.x - before.x, y: here.y - before.y };
    if (others.length) {
      pinched.current = dragged.current = true;
      const [, other] = others[0];
      const distance = (/** @type {Point} */ point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      const middle = { x: (here.x + other.x) / 2, y: (here.y + other.y) / 2 };
      zoomTo((now.current.scale * distance(here)) / distance(before), middle, { x: by.x / 2, y: by.y / 2 });
    } else if (now.current.scale > 1 && dragged.current) {
      // Not earlier: captured clicks lose their target.
      /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
      zoomTo(now.current.scale, undefined, by);
    }
  };
  /** @param {PointerEvent} event */
  const onPointerUp = (event) => {
    if (!pointers.current.delete(event.pointerId) || pointers.current.size || event.type === "pointercancel") return;
    const way = event.clientX - start.current.x;
    const alone = !pinched.current && now.current.scale === 1;
    if (alone && event.pointerType === "touch" && Math.abs(way) > SWIPE) swipe(way < 0 ? 1 : -1);
  };
  /** @param {MouseEvent} event */
  const onClick = (event) => {
    if (dragged.current) return;
    if (event.target === image.current) toggle({ x: event.clientX, y: event.clientY });
    else if (event.target === event.currentTarget) close();
  };
  /** Whether the key was one of these. @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const { scale } = now.current;
    /** @type {Record<string, () => void>} */
    const keys = {
      "+": () => zoomTo(scale * STEP), "=": () => zoomTo(scale * STEP), "-": () => zoomTo(scale / STEP),
      "0": () => show(FIT), "1": () => zoomTo(Math.max(1, fitted().whole)),
    };
    if (scale > 1) {
      const move = (/** @type {number} */ x, /** @type {number} */ y) => () => zoomTo(scale, undefined, { x: x * PACE, y: y * PACE });
      Object.assign(keys, { ArrowLeft: move(1, 0), ArrowRight: move(-1, 0), ArrowUp: move(0, 1), ArrowDown: move(0, -1) });
    }
    const act = keys[event.key];
    act?.();
    return act !== undefined;
  };
  const style = { transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})` };
  const events = { onWheel, onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onClick };
  return { zoomed: zoom.scale > 1, style, events, toggle, press };
}
