import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { GATEWAY_KEYS, signJws, type GatewayKeys } from '../keys/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { consentRecord, PERMISSION_RECEIPT_TYPE, type ConsentRecord } from './consent-record.js';
import { fhirConsent, type FhirConsent } from './fhir-consent.js';
import type { Permission } from './permission.js';
import { PermissionsService } from './permissions.service.js';
import { tellPermission, type ToldPermission } from './told-permission.js';

/** What a permission says, for the person and for other records. Each form is made anew from the one record. */
@Injectable()
export class PermissionReceipts {
  private readonly catalogue = projectLegalBases();
  private readonly publicUrl: string;

  constructor(
    private readonly permissions: PermissionsService,
    private readonly registers: RegisterService,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.publicUrl = settings.publicUrl ?? '';
  }

  /**
   * The receipt that the person is given: the record, and the same signed as a compact JWS.
   * @throws Problem STORE_UNAVAILABLE
   */
  async receiptOf(permission: Permission): Promise<{ record: ConsentRecord; receipt: string }> {
    const record = consentRecord(await this.told(permission));
    const receipt = signJws({ iss: this.publicUrl, record }, PERMISSION_RECEIPT_TYPE, this.keys.receipt);
    return { record, receipt };
  }

  /** @throws Problem STORE_UNAVAILABLE */
  async fhirConsentOf(permission: Permission): Promise<FhirConsent> {
    return fhirConsent(await this.told(permission), this.publicUrl);
  }

  /** A permission in words, as of now. @throws Problem STORE_UNAVAILABLE */
  async told(permission: Permission): Promise<ToldPermission> {
    const supersededAt = await this.permissions.supersededAt(permission);
    const { catalogue } = this;
    return tellPermission(permission, {
      register: this.registers.current(),
      catalogue,
      at: this.clock.now(),
      supersededAt,
    });
  }
}
