-- Since when the oldest waiting job of a queue has waited, as the sweep saw it in its last whole round; null where none did.
-- Whoever looks at a queue need not look for it behind a million jobs that wait for their time.
ALTER TABLE queue ADD COLUMN waiting_since timestamptz;
