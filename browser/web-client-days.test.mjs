// Acts the web client as a person would on ordinary days: one company and one browser for all of it.
import "./web-client/reading.mjs";
import "./web-client/writing.mjs";
import "./web-client/describing.mjs";
import "./web-client/leaving.mjs";
