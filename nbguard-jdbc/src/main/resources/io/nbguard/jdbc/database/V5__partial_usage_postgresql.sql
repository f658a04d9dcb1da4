-- What is not known of a point is NULL: an engine may report memory and no processor use. No row is rewritten.
ALTER TABLE ${prefix}usage
    ALTER COLUMN memory DROP NOT NULL,
    ALTER COLUMN peak_memory DROP NOT NULL,
    ALTER COLUMN cores DROP NOT NULL,
    ALTER COLUMN peak_cores DROP NOT NULL;
