export { IDENTIFIER_TYPES, isIdentifierType, type IdentifierType } from './identifier-types.js';
export type { IdentifierRule } from './identifier-rule.js';
export { looksLikePersonIdentifier, parseIdentifier, type ParsedIdentifier } from './parse-identifier.js';
export { caseReferenceHandle, subjectHandle, type Identifier } from './subject-handle.js';
