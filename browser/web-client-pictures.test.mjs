// Acts the web client where pictures are looked at, in a company of its own.
import "./web-client/avatars.mjs";
import "./web-client/copies.mjs";
import "./web-client/guarded.mjs";
import "./web-client/viewer.mjs";
