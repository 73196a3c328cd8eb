CREATE TABLE exports (
    id           uuid PRIMARY KEY,
    status       text NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed')),
    requested_at timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    accounts     integer,
    content      text,
    reason       text
);

-- Found again at each new export: those whose process died.
CREATE INDEX exports_unfinished ON exports (status) WHERE status IN ('queued', 'running');
