/**
 * npm has scripts work in the folder of their package, wherever `npm run` was typed: paths on the command line are meant from where
 * it was. To be imported before anything reads a path.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const { npm_package_json: packageFile, INIT_CWD: typedFrom } = process.env;

// Whoever starts a script of its own below npm has chosen where that works.
if (
  typedFrom &&
  packageFile &&
  isSame(packageFile, join(checkout, 'package.json')) &&
  isSame(process.cwd(), checkout)
)
  process.chdir(typedFrom);

function isSame(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}
