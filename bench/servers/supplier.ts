import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerParent } from '../in-child.js';

const PREMISES = JSON.stringify({
  premises: {
    hazards: ['combustible cladding above the third floor', 'gas meter in the rear stairwell'],
    accessNotes: 'Key safe beside the side door; the lift is out of use.',
    evacuationAssistanceCount: 2,
    owner: 'held by the council, and nothing to do with a fire',
  },
});

const PATIENT = JSON.stringify({
  patient: {
    assessedNeeds: {
      assessedOn: '2026-10-14',
      needs: [
        { area: 'washing and dressing', level: 'high' },
        { area: 'preparing meals', level: 'moderate' },
      ],
    },
    careCoordinator: { name: 'Casey Example', team: 'Northmoor East community team', telephone: '01632 960001' },
    clinicalNotes: [{ writtenOn: '2026-10-14', text: 'A note between clinicians that nobody else is to see.' }],
  },
});

/** A supplier that answers from memory, at once: what is measured is the way to it. */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const answer = request.method === 'GET' ? PREMISES : PATIENT;
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
    response.end(answer);
  });
});

answerParent({
  start: async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  stop: async () => {
    server.close();
    server.closeAllConnections();
  },
});
