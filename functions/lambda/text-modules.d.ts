/** What the bundler makes of these files. */
declare module '*.sql' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: the bundler's form
  export default text;
}
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  // biome-ignore lint/style/noDefaultExport: the bundler's form
  export default bytes;
}
