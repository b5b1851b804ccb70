// Acts the web client as a person would: one company and one browser for all of it.
import "./web-client/reading.mjs";
import "./web-client/writing.mjs";
import "./web-client/carrying.mjs";
import "./web-client/windows.mjs";
import "./web-client/drafts.mjs";
import "./web-client/trouble.mjs";
import "./web-client/everyone.mjs";
