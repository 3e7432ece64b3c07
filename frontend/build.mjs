/**
 * Build: scss/, js/ and icons/ become roster/static/dist, every name with a hash of its content.
 *
 * manifest.json maps plain names to hashed ones; roster/web/assets.py reads it. The output may be
 * cached for ever and holds nothing that a strict content security policy would refuse: no inline
 * data: images, no address outside this service.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, "../roster/static/dist");

/** Bootstrap 5.3 still uses Sass's @import; its own release notes advise silencing just these. */
const silenced = ["import", "global-builtin", "color-functions", "if-function"];

const scss = {
  name: "scss",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const { css } = sass.compile(path, {
        loadPaths: [join(here, "node_modules")],
        quietDeps: true,
        silenceDeprecations: silenced,
      });
      return { contents: css, loader: "css", resolveDir: here };
    });
  },
};

/** One <symbol> per icon, so that a page draws any of them with <use href="icons-HASH.svg#name">. */
function sprite() {
  const symbols = readdirSync(join(here, "icons"))
    .filter((file) => file.endsWith(".svg"))
    .sort()
    .map((file) => {
      const drawing = readFileSync(join(here, "icons", file), "utf8")
        .replace(/^[\s\S]*?<svg[^>]*>/, "")
        .replace(/<\/svg>\s*$/, "")
        .replace(/\s*\n\s*/g, "");
      return `<symbol id="${basename(file, ".svg")}" viewBox="0 0 24 24">${drawing}</symbol>`;
    });
  return `<!-- Lucide icons, ISC and MIT: see icons/LICENSE in the sources -->\n<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** Copy a finished file under a hashed name and return that name. */
function place(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const [stem, ending] = name.split(/\.(?=[^.]+$)/);
  const hashed = `${stem}-${hash}.${ending}`;
  writeFileSync(join(dist, hashed), content);
  return hashed;
}

/** Write what esbuild made, fonts included (pages preload two); return [plain name, hashed name]. */
function placeBundle(files) {
  const hash = /-[0-9A-Z]{8}(?=\.[a-z0-9]+$)/;
  return files.map(({ path, contents }) => {
    writeFileSync(path, contents);
    return [basename(path).replace(hash, ""), basename(path)];
  });
}

function refuseInlineData(names) {
  for (const name of names.filter((name) => name.endsWith(".css"))) {
    if (readFileSync(join(dist, name), "utf8").includes("data:")) {
      throw new Error(`${name} embeds a data: address, which our content security policy refuses`);
    }
  }
}

const { outputFiles } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: [
    { in: "js/app.js", out: "app" },
    { in: "js/worker.js", out: "worker" },
    { in: "scss/app.scss", out: "app" },
  ],
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  loader: { ".woff2": "file" },
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  outdir: dist,
  write: false, // a broken build leaves the last good one in place
  legalComments: "eof",
  logLevel: "warning",
  plugins: [scss],
});

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const manifest = Object.fromEntries([
  ...placeBundle(outputFiles),
  ["icons.svg", place("icons.svg", sprite())],
  ["mark.svg", place("mark.svg", readFileSync(join(here, "images/mark.svg")))],
]);
refuseInlineData(Object.values(manifest));
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
