// The software bill of materials of one of our Debian packages, as SPDX 2.3 JSON on standard output.
//   node sbom.mjs PACKAGE.deb [FOLDER_OF_TOOLCHAIN_DEPS [SYSROOT]]
// Listed: what it links dynamically (its Depends, in the versions it was built with), what is compiled or linked into it,
// and the modules bundled into the viewer page.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [deb, deps, sysroot] = process.argv.slice(2);
const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' }).trim();
const field = (name) => run('dpkg-deb', '-f', deb, name);

/** Debian packages that leave their code in our binaries without a trace in Depends. */
const kHeadersOnly = ['libtomlplusplus-dev', 'libexpected-dev'];

/** In the sysroot its file name tells: NAME_VERSION_ARCH.deb, a colon written as %3a. */
function version_in_sysroot(name) {
  const file = readFileSync(`${sysroot}/PACKAGES`, 'utf8').split('\n').find((line) => line.startsWith(`${name}_`));
  if (!file) throw new Error(`${name} is not in the sysroot`);
  return decodeURIComponent(file.split('_')[1]);
}

const installed_version = (name) => (sysroot ? version_in_sysroot(name) : run('dpkg-query', '-W', '-f', '${Version}', name));
const debian = (name, version, how) => ({ name, version, how, purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}` });

/** "libfoo (>= 1), a | b" -> the libraries, as installed where it was built. */
function linked() {
  const names = field('Depends').split(',').map((word) => word.trim().split(/[ (|]/)[0]);
  return names.filter((name) => name.startsWith('lib')).map((name) => debian(name, installed_version(name), 'DYNAMIC_LINK'));
}

function compiled_in() {
  return kHeadersOnly.map((name) => debian(name, installed_version(name), 'STATIC_LINK'));
}

/** What toolchain/deps built, a line "name version" each. */
function built_from_source() {
  if (!deps) return [];
  const lines = readFileSync(`${deps}/static-libraries`, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => debian(...line.split(' '), 'STATIC_LINK'));
}

/** The page's modules, without what only builds it. */
function bundled() {
  const { packages } = JSON.parse(readFileSync('signaling/viewer/package-lock.json', 'utf8'));
  const modules = Object.entries(packages).filter(([path]) => path && !/esbuild/.test(path));
  return modules.map(([path, { version }]) => {
    const name = path.replace(/^.*node_modules\//, '');
    return { name, version, how: 'STATIC_LINK', purl: `pkg:npm/${name.replace('@', '%40')}@${version}` };
  });
}

const id_of = ({ name }) => `SPDXRef-${name.replace(/[^A-Za-z0-9.]/g, '-')}`;
const described = (part) => ({
  SPDXID: id_of(part),
  name: part.name,
  versionInfo: part.version,
  downloadLocation: 'NOASSERTION',
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
  ...(part.purl && { externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: part.purl }] }),
});

const main_package = field('Package') === 'perch';
const self = { name: field('Package'), version: field('Version') };
const parts = [...linked(), ...(main_package ? [...compiled_in(), ...built_from_source(), ...bundled()] : [])];
const sha256 = createHash('sha256').update(readFileSync(deb)).digest('hex');
const document = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: `${self.name}_${self.version}_${field('Architecture')}`,
  documentNamespace: `urn:sha256:${sha256}`,
  creationInfo: {
    created: new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString().replace('.000Z', 'Z'),
    creators: ['Tool: perch toolchain/package'],
  },
  packages: [
    { ...described(self), licenseDeclared: 'GPL-3.0-or-later', checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] },
    ...parts.map(described),
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: id_of(self) },
    ...parts.map((part) => ({ spdxElementId: id_of(self), relationshipType: part.how, relatedSpdxElement: id_of(part) })),
  ],
};
process.stdout.write(`${JSON.stringify(document, null, 1)}\n`);
