-- When a layer was defined: what another process knows of it may be older.
ALTER TABLE phumi.layers ADD COLUMN defined_at timestamptz DEFAULT now();
