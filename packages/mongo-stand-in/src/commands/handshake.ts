import { MAX_DOCUMENT_BYTES, type Document } from '../store/document.js';
import { MAX_MESSAGE_BYTES } from '../wire/frames.js';
import type { Command, CommandContext } from './command.js';

/** MongoDB 7.0: drivers of today ask for at least 4.2, and from 8.0 on they use commands that are not here. */
const WIRE_VERSION = 21;
const VERSION = [7, 0, 0, 0];

function hello({ connectionId }: CommandContext): Document {
  return {
    helloOk: true,
    isWritablePrimary: true,
    ismaster: true,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
  };
}

export const handshake: readonly Command[] = [
  { names: ['hello', 'isMaster', 'ismaster'], run: (_args, context) => hello(context) },
  { names: ['ping'], run: () => ({}) },
  {
    names: ['buildInfo', 'buildinfo'],
    run: () => ({ version: VERSION.slice(0, 3).join('.'), versionArray: VERSION, modules: ['stand-in'], bits: 64 }),
  },
  { names: ['connectionStatus'], run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }) },
  { names: ['endSessions', 'refreshSessions'], run: () => ({}) },
];
