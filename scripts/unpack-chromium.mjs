// Unpacks the browser of the tests, a package of npm, into a folder. Argument: the folder.
// The package's own program is not used: it starts the browser without its web security.
import { execFile } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createBrotliDecompress } from "node:zlib";

const run = promisify(execFile);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packed = join(root, "node_modules", "@sparticuz", "chromium", "bin");
const folder = resolve(process.argv[2]);

// Without a font that it finds, the browser's pages crash.
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir prefix="relative">fonts</dir>
<cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

async function unpack(name, file, mode) {
  const written = createWriteStream(file, { mode });
  await pipeline(createReadStream(join(packed, name)), createBrotliDecompress(), written);
}

// tar reads a file: it closes a pipe at the archive's end, while the padding is still written.
async function unpackArchive(name) {
  const archive = join(folder, basename(name, ".br"));
  await unpack(name, archive);
  await run("tar", ["-xf", archive, "--no-same-owner", "-C", folder]);
  await rm(archive);
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
if (process.platform === "linux" && process.arch === "x64") {
  await Promise.all([
    unpack("chromium.br", join(folder, "chromium"), 0o755),
    unpackArchive("al2023.tar.br"),
    unpackArchive("fonts.tar.br"),
  ]);
  await writeFile(join(folder, "fonts.conf"), fonts);
} else {
  console.error(
    "The browser of the tests is for Linux on x86-64; name a Chromium of yours in CONSOLE_BROWSER.",
  );
}
