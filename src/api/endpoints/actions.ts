/** POST api/v1/clear and api/v1/recording. */

import { parseBody } from '../body.ts';
import { InvalidParameter } from '../query.ts';
import { json } from '../respond.ts';
import type { Endpoint } from './contract.ts';

export const clearEndpoint: Endpoint = {
  method: 'POST',
  path: 'api/v1/clear',
  async handle(_request, backend) {
    await backend.clear();
    return json({ cleared: true });
  },
};

export const recordingEndpoint: Endpoint = {
  method: 'POST',
  path: 'api/v1/recording',
  async handle(request, backend) {
    const { on } = parseBody(request.body);
    if (typeof on !== 'boolean') throw new InvalidParameter('the body must be {"on": true} or {"on": false}');
    await backend.setRecording(on);
    return json({ recording: on });
  },
};
