import { Router } from 'express';
import { countries } from '../data/countries.js';

export const shared: Router = Router();

// The same for everybody: its own cache, which cannot be reached by way of `req.userCache`, nor the other way round.
shared.get('/config', async (req, res) => {
  res.json(await req.sharedCache.getOrSet(['config'], loadConfig));
});

shared.get('/lookup/countries', async (req, res) => {
  res.json(await req.sharedCache.getOrSet(['lookup', 'countries'], () => countries));
});

/** Stands for what takes time: a table, a file, another service. */
const loadConfig = () => ({ name: 'mongo-chat', maxMessageLength: 8_000, themes: ['light', 'dark'] });
