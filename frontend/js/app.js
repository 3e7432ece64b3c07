/**
 * Behaviour on top of pages that already work as plain HTML.
 *
 * Every module listens on the document, so what htmx swaps in later needs no set-up. There is no
 * component framework: Alpine's CSP build would more than double this file (18 → 42 kB gzipped)
 * for a handful of buttons.
 */

import htmx from "htmx.org";

import "./announce.js";
import "./board.js";
import "./copy.js";
import "./devices.js";
import "./dialogs.js";
import "./failures.js";
import "./files.js";
import "./focus.js";
import "./handout.js";
import "./menus.js";
import "./moving.js";
import "./offline.js";
import "./once.js";
import "./print.js";
import "./strips.js";
import "./toasts.js";
import "./typed.js";
import "./unfolded.js";

window.htmx = htmx;
