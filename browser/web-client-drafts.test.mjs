// Acts the web client where somebody writes in one place and goes on in another, in a company of its own.
import "./web-client/carrying.mjs";
import "./web-client/windows.mjs";
import "./web-client/drafts.mjs";
