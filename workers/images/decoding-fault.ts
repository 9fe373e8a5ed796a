/** Why an image can't be decoded, in words for its user; what the decoder itself says varies from try to try. */
export class DecodingFault extends Error {
  override readonly name = 'DecodingFault';
}
