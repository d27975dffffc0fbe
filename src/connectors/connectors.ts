import type { DataService } from '../catalogue/data-service.js';
import { ConnectorConfigurationError, type SecretOf } from './configuration.js';
import { SupplierFault, type Connector, type SupplierAnswer, type SupplierRequest } from './connector.js';
import { createConnector } from './create-connector.js';

interface Made {
  /** What the connector was made from, as text: the same text means the same connector. */
  readonly content: string;
  readonly connector: Connector;
}

/** The connectors of the data services, each made when it is first needed and kept while its definition stays the same. */
export class Connectors {
  private readonly byDataService = new Map<string, Made>();
  /** Definitions are immutable and shared, so that nearly every look-up ends here. */
  private readonly byDefinition = new WeakMap<DataService, Connector>();
  private closed = false;

  /** @param secretOf looks a supplier's secret up by the name in the definition */
  constructor(private readonly secretOf: SecretOf) {}

  /**
   * Fetches the permitted items from the supplier of a data service.
   * @throws SupplierFault in every case in which there is no complete, well-formed answer in time; `not-askable` when the
   *   connector's configuration or secrets cannot be used
   */
  async fetchItems(dataService: DataService, request: SupplierRequest): Promise<SupplierAnswer> {
    return await this.of(dataService).fetchItems(request);
  }

  /** Lets what is under way finish and closes every connection. Nothing is fetched afterwards. */
  async close(): Promise<void> {
    this.closed = true;
    const all = [...this.byDataService.values()];
    this.byDataService.clear();
    await Promise.all(all.map(({ connector }) => connector.close()));
  }

  /** Nest's hook. */
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private of(dataService: DataService): Connector {
    if (this.closed) throw new SupplierFault('unavailable', 'the gateway is stopping');
    const known = this.byDefinition.get(dataService);
    if (known !== undefined) return known;
    const connector = this.sameAsBefore(dataService) ?? this.make(dataService);
    this.byDefinition.set(dataService, connector);
    return connector;
  }

  private sameAsBefore(dataService: DataService): Connector | undefined {
    const made = this.byDataService.get(dataService.id);
    return made?.content === contentOf(dataService) ? made.connector : undefined;
  }

  private make(dataService: DataService): Connector {
    let connector: Connector;
    try {
      connector = createConnector(dataService, this.secretOf);
    } catch (error) {
      if (!(error instanceof ConnectorConfigurationError)) throw error;
      throw new SupplierFault('not-askable', `configuration of ${dataService.id}: ${error.message}`);
    }
    // The one it takes the place of finishes what it has begun, then closes.
    void this.byDataService.get(dataService.id)?.connector.close();
    this.byDataService.set(dataService.id, { content: contentOf(dataService), connector });
    return connector;
  }
}

function contentOf({ connector, items, identifierTypes }: DataService): string {
  return JSON.stringify([
    connector,
    items.map(({ id, select, suppressedWhen, schema }) => [id, select, suppressedWhen, schema]),
    identifierTypes,
  ]);
}
