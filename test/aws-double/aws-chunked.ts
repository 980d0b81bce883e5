/** Bodies as SDKs upload them to S3: plain or in `aws-chunked` pieces with checksums behind; each checksum is verified. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from './aws-error.ts';
import { type AwsRequest, header } from './aws-request.ts';

const CHECKSUMS: Readonly<Record<string, (content: Buffer) => string>> = {
  'x-amz-checksum-crc32': (content) => toBase64(crc32(content)),
  'x-amz-checksum-sha1': (content) => createHash('sha1').update(content).digest('base64'),
  'x-amz-checksum-sha256': (content) => createHash('sha256').update(content).digest('base64'),
  'content-md5': (content) => createHash('md5').update(content).digest('base64'),
};
const UNKNOWN_CHECKSUM = /^x-amz-checksum-(?!crc32$|sha1$|sha256$|algorithm$|mode$|type$)/;

/** The object's bytes. Refuses what S3 refuses: no length, a wrong length, a checksum that does not fit. */
export function readContent(request: AwsRequest): Buffer {
  const isChunked = header(request, 'content-encoding')?.split(',')[0]?.trim() === 'aws-chunked';
  const length = header(request, isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  if (!isChunked && header(request, 'transfer-encoding') !== undefined) {
    const message = 'A header you provided implies functionality that is not implemented: Transfer-Encoding';
    throw new AwsError('NotImplemented', message, { status: 501 });
  }
  if (length === undefined) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', { status: 411 });
  }
  const { content, trailers } = isChunked ? decode(request.body) : { content: request.body, trailers: new Map() };
  if (content.length !== Number(length)) {
    throw new AwsError('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length');
  }
  for (const announced of header(request, 'x-amz-trailer')?.split(',') ?? []) {
    if (!trailers.has(announced.trim())) throw new AwsError('MalformedTrailerError', `no trailer ${announced}`);
  }
  checkSums(content, [...Object.entries(request.headers), ...trailers]);
  return content;
}

function checkSums(content: Buffer, headers: readonly (readonly [string, unknown])[]): void {
  for (const [name, value] of headers) {
    if (UNKNOWN_CHECKSUM.test(name)) throw new AwsError('NotImplemented', `The double has no ${name}`, { status: 501 });
    const compute = CHECKSUMS[name];
    if (compute === undefined || compute(content) === value) continue;
    throw new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  }
}

/** `<hex length>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailers>\r\n\r\n` */
function decode(body: Buffer): { content: Buffer; trailers: Map<string, string> } {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = end < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', at, end), 16);
    if (Number.isNaN(size)) throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
    at = end + 2;
    if (size === 0) break;
    pieces.push(body.subarray(at, at + size));
    at += size + 2;
  }
  const lines = body.toString('latin1', at).split('\r\n').filter(Boolean);
  const trailers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { content: Buffer.concat(pieces), trailers: new Map(trailers) };
}

function toBase64(sum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return bytes.toString('base64');
}
