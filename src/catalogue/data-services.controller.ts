import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { TakesPage } from '../api-contract/index.js';
import { Allow, CurrentCaller, type Caller } from '../access/index.js';
import { DataServiceDirectory } from './data-service-directory.js';
import { readDataServiceSearch, searchDataServices } from './data-service-search.js';
import { DataServicePage } from './data-service-view.js';

/** The directory of who holds what, as far as the caller may know of it. */
@ApiTags('Catalogue')
@Controller('v1/data-services')
export class DataServicesController {
  constructor(private readonly directory: DataServiceDirectory) {}

  @Get()
  @Allow('system')
  @ApiOperation({
    operationId: 'listDataServices',
    summary: 'List and search the data services that you may know of',
    description:
      'Your agency’s own data services, and those of others that an agreement lets your agency ask, with the items, ' +
      'purposes, roles, identifier types and kinds of case reference that it allows.',
  })
  @ApiQuery({
    name: 'q',
    required: false,
    schema: { type: 'string', maxLength: 200, example: 'needs' },
    description: 'Words that all occur in the id, name or description of the data service or of its items.',
  })
  @ApiQuery({
    name: 'agency',
    required: false,
    schema: { type: 'string', maxLength: 200, example: 'northmoor-nhs-trust' },
    description: 'Id of the agency that holds the data.',
  })
  @ApiQuery({
    name: 'purpose',
    required: false,
    schema: { type: 'string', maxLength: 200, example: 'adult-social-care' },
    description: 'Only what your agency may ask for this purpose.',
  })
  @TakesPage('data services', { type: 'string', maxLength: 200, example: 'bm9ydGhtb29y' })
  @ApiOkResponse({ type: DataServicePage, description: 'A page of data services, in the order of their ids.' })
  list(@CurrentCaller() caller: Caller, @Query() query: Record<string, unknown>): DataServicePage {
    return searchDataServices(this.directory.knownTo(caller.agency), readDataServiceSearch(query));
  }
}
