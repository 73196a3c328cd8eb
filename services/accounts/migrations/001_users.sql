CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL,
    email         text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- "Ann@Example.com" and "ann@example.com" are one mailbox in practice, so they are one account.
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
