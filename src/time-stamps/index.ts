export { readAuthoritiesFile, type TimeStampingAuthority } from './authorities-file.js';
export {
  authorityStandings,
  findTimeStampFault,
  storedTimeStamps,
  type AuthorityStanding,
  type StoredTimeStamp,
} from './stored-time-stamps.js';
export { TimeStampFault, verifyTimeStamp, type TimeStampFaultCode } from './time-stamp-token.js';
