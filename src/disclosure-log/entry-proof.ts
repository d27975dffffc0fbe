import { ApiProperty } from '@nestjs/swagger';
import type { InclusionProof } from './read-log.js';

/** Where an entry stands in the tree that a checkpoint signs. */
export class EntryProof {
  @ApiProperty({ example: 'outcome' })
  kind!: string;

  @ApiProperty({ example: 41 })
  index!: number;

  @ApiProperty({ example: 'q1rYbYzPMwkSMGmCcM7V1t4DkHX4iT8oNnZ0gQ1l5mQ=', description: 'Base64.' })
  leafHash!: string;

  @ApiProperty({
    example: ['1jJrYI3G9b0mXvQqf8sJt1pYx1O0Jb2k3ZcT5yHq8rU='],
    description: 'Base64, leaf upwards (RFC 6962 section 2.1.1).',
  })
  inclusionProof!: string[];

  @ApiProperty({
    example:
      'gatehouse.example/log\n42\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— gatehouse.example/log Az3grl…\n',
    description: 'C2SP signed note.',
  })
  checkpoint!: string;

  static of({ kind, index, leafHash, proof, checkpoint }: InclusionProof): EntryProof {
    const inclusionProof = proof.map((hash) => hash.toString('base64'));
    return { kind, index, leafHash: leafHash.toString('base64'), inclusionProof, checkpoint };
  }
}
