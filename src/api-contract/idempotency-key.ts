import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Problem } from './problem.js';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Describes the header in the OpenAPI document, wherever a route takes the parameter. */
const described: ParameterDecorator = (controller, route) => {
  const method = Object.getOwnPropertyDescriptor(controller, route!)!;
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Names this call: 1 to 200 printable ASCII characters.',
    example: '5f2d7c1e-0b53-4a38-9a51-2f1f5a6f0c11',
  })(controller, route!, method);
};

/**
 * What a caller names a call that creates something, to repeat it when the answer was lost; `undefined` where it did not. A
 * parameter of the route.
 * @throws Problem REQUEST_INVALID unless it is absent or 1 to 200 printable ASCII characters
 */
export const IdempotencyKey = createParamDecorator(
  (_: undefined, context: ExecutionContext): string | undefined => {
    const { headers } = context.switchToHttp().getRequest<{ headers: NodeJS.Dict<string> }>();
    const key = headers['idempotency-key'];
    if (key !== undefined && !KEY.test(key)) {
      throw new Problem('REQUEST_INVALID', { detail: 'An Idempotency-Key is 1 to 200 printable ASCII characters.' });
    }
    return key;
  },
  [described],
);
