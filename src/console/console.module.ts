import { Inject, Module, type OnModuleInit, type Type } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { hkdfSync } from 'node:crypto';
import { AccessModule, SECURITY_LOG, type SecurityLog } from '../access/index.js';
import { AgreementLifecycleModule } from '../agreement-lifecycle/agreement-lifecycle.module.js';
import { AlertsModule } from '../alerts/alerts.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { DefinitionsModule, RegisterService } from '../definitions/definitions.module.js';
import { DisclosuresModule } from '../disclosures/disclosures.module.js';
import { ExplanationsModule } from '../explanations/explanations.module.js';
import { ExportsModule } from '../exports/exports.module.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { LogIntegrityModule } from '../log-integrity/log-integrity.module.js';
import { Log } from '../observability/index.js';
import { OverrideReviewsModule } from '../override-reviews/override-reviews.module.js';
import { IdentityProvider } from './identity-provider.js';
import { mountConsole } from './mount-console.js';
import { Names } from './names.js';
import type { ConsolePage } from './page.js';
import { AccessibilityPage } from './pages/accessibility/accessibility.page.js';
import { AgreementDocumentPage } from './pages/agreement-document/agreement-document.page.js';
import { AgreementVersionsPage } from './pages/agreement-versions/agreement-versions.page.js';
import { AgreementPage } from './pages/agreement/agreement.page.js';
import { AgreementsPage } from './pages/agreements/agreements.page.js';
import { AlertPage } from './pages/alert/alert.page.js';
import { AlertsPage } from './pages/alerts/alerts.page.js';
import { CataloguePage } from './pages/catalogue/catalogue.page.js';
import { DataServicePage } from './pages/data-service/data-service.page.js';
import { DisclosurePage } from './pages/disclosure/disclosure.page.js';
import { DisclosuresPage } from './pages/disclosures/disclosures.page.js';
import { ExportsPage } from './pages/exports/exports.page.js';
import { HelpPage } from './pages/help/help.page.js';
import { DisclosedLately } from './pages/home/disclosed-lately.js';
import { HomePage } from './pages/home/home.page.js';
import { ToSeeTo } from './pages/home/to-see-to.js';
import { IntegrityPage } from './pages/integrity/integrity.page.js';
import { PersonPage } from './pages/person/person.page.js';
import { SubjectAccessReportsPage } from './pages/subject-access-reports/subject-access-reports.page.js';
import { OperatorAlertsPage } from './pages/operator-alerts/operator-alerts.page.js';
import { PermissionPage } from './pages/permission/permission.page.js';
import { PermissionsPage } from './pages/permissions/permissions.page.js';
import { ReviewPage } from './pages/review/review.page.js';
import { ReviewsPage } from './pages/reviews/reviews.page.js';
import { SamplingPlanPage } from './pages/sampling-plan/sampling-plan.page.js';
import { Sessions } from './sessions.js';
import { refuseUndeclaredPages } from './undeclared-pages.js';

/** Every page; those with an entry stand in the navigation in this order. */
const PAGES: readonly Type<ConsolePage>[] = [
  HomePage,
  DisclosuresPage,
  DisclosurePage,
  PersonPage,
  SubjectAccessReportsPage,
  AgreementsPage,
  AgreementPage,
  AgreementDocumentPage,
  AgreementVersionsPage,
  PermissionsPage,
  PermissionPage,
  ReviewsPage,
  ReviewPage,
  AlertsPage,
  AlertPage,
  SamplingPlanPage,
  OperatorAlertsPage,
  CataloguePage,
  DataServicePage,
  ExportsPage,
  IntegrityPage,
  HelpPage,
  AccessibilityPage,
];

/** The officers' console at `/console`. Nobody gets in while the settings name no identity provider. */
@Module({
  imports: [
    AccessModule,
    AgreementLifecycleModule,
    AlertsModule,
    CatalogueModule,
    DefinitionsModule,
    DisclosuresModule,
    ExplanationsModule,
    ExportsModule,
    LogIntegrityModule,
    OverrideReviewsModule,
  ],
  providers: [Sessions, IdentityProvider, Names, DisclosedLately, ToSeeTo, ...PAGES],
})
export class ConsoleModule implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly http: HttpAdapterHost,
    private readonly sessions: Sessions,
    private readonly provider: IdentityProvider,
    private readonly registers: RegisterService,
    @Inject(SECURITY_LOG) private readonly securityLog: SecurityLog,
    @Inject(Log) private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {}

  onModuleInit(): void {
    const pages = this.pages();
    refuseUndeclaredPages(pages);
    // Absent when only services are made, as a command of the command line does.
    const adapter = this.http.httpAdapter as FastifyAdapter | undefined;
    if (!adapter) return;
    mountConsole(adapter.getInstance<FastifyInstance>(), {
      pages,
      publicUrl: this.settings.publicUrl ?? '',
      key: Buffer.from(hkdfSync('sha256', this.keys.cookie, '', 'console forms', 32)),
      clock: this.clock,
      registers: this.registers,
      sessions: this.sessions,
      provider: this.provider,
      securityLog: this.securityLog,
      log: this.log,
    });
  }

  /** Every page with its addresses and roles: what a matrix of who may open what is made from. */
  pages(): ConsolePage[] {
    return PAGES.map((page) => this.modules.get(page));
  }
}
