export { AccessModule } from './access.module.js';
export { Allow, type AccessRule } from './allow.js';
export { CurrentCaller, CurrentOfficer, CurrentSystemOrOfficer, type Caller, type CallingOfficer } from './caller.js';
export { CallerAuthenticator, type ReceivedRequest } from './authenticate-caller.js';
export { JWKS_PATH, METADATA_PATH, TOKEN_PATH } from './authorization-server.js';
export { SECURITY_LOG, type RefusalFacts, type SecurityLog, type SecurityRefusal } from './security-log.js';
export { CLIENT_DIRECTORY, type ClientDirectory, type RegisteredClient } from './client-directory.js';
export { UndeclaredRoutes, refuseUndeclaredRoutes } from './undeclared-routes.js';
