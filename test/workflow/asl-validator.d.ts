/** The part of asl-validator's interface that is used; it comes without types. */
declare module 'asl-validator' {
  /** Writes default values into the definition. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errorsText: (separator?: string) => string;
  };
}
