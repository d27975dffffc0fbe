import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { StartUpError } from '../config/index.js';
import { accessRuleOf } from './allow.js';

/**
 * Stops the start-up when a controller has a route that does not say who may call it.
 *
 * Does NOT see routes registered with Fastify itself, which no guard sees either.
 */
@Injectable()
export class UndeclaredRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    refuseUndeclaredRoutes(this.discovery, this.scanner, this.reflector);
  }
}

/**
 * INVARIANT: 2. A route with no declared access rule stops the start-up.
 * @throws StartUpError naming every such route
 */
export function refuseUndeclaredRoutes(
  discovery: DiscoveryService,
  scanner: MetadataScanner,
  reflector: Reflector,
): void {
  const undeclared: string[] = [];
  for (const { metatype } of discovery.getControllers()) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, unknown>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name];
      if (typeof handler !== 'function' || !Reflect.hasMetadata(PATH_METADATA, handler)) continue;
      if (accessRuleOf(reflector, handler, metatype) === undefined) undeclared.push(`${metatype.name}.${name}`);
    }
  }
  if (undeclared.length > 0) {
    throw new StartUpError(`No access rule is declared for ${undeclared.join(', ')}: add @Allow to each route.`);
  }
}
