export { ConnectorConfigurationError, type SecretOf } from './configuration.js';
export {
  SupplierFault,
  type Connector,
  type ConnectorConfiguration,
  type FhirR4Configuration,
  type HttpJsonConfiguration,
  type SupplierAnswer,
  type SupplierCredential,
  type SupplierFaultCode,
  type SupplierRequest,
} from './connector.js';
export { Connectors } from './connectors.js';
export { createConnector, identifiersNeeded, validateConnector } from './create-connector.js';
export { postBytes, type Post, type PostAnswer } from './post-bytes.js';
