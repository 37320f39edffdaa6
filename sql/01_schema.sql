-- The schema of the sample warehouse. Never IF NOT EXISTS: where raw_data is there already, it is somebody's
-- data, and loading has to stop here.
CREATE SCHEMA raw_data;

COMMENT ON SCHEMA raw_data IS
    'Sample data of a web shop, 2025-01-01 to 2026-06-30: invented, and the same rows in every Postgres';
