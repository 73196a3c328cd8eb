-- What lets a scenario start from the baseline in one round trip: seatrials.baseline() once, seatrials.reset() before each scenario.
--
-- Every table gets a mark: a sequence that a statement trigger advances. A sequence is read without scanning anything,
-- is never waited for, and keeps its value when the writer's transaction is rolled back, so no write goes unseen
-- (a mark too many only costs a DELETE). The trigger fires for COPY, TRUNCATE, cascades and under any replication role.
--
-- Not brought back: definitions (columns, views, functions), materialized views, large objects, and what PostgreSQL itself
-- empties after a crash (unlogged tables).

DROP SCHEMA IF EXISTS seatrials CASCADE;
CREATE SCHEMA seatrials;

CREATE TABLE seatrials.tables (
    relid oid PRIMARY KEY,
    name  text NOT NULL,              -- as at the baseline, to say which one is gone
    mark  regclass NOT NULL,          -- advanced since the last reset: something wrote
    seed  text                        -- the INSERT that brings the seeded rows back; null: it was empty
);

CREATE TABLE seatrials.sequences (
    relid  oid PRIMARY KEY,
    value  bigint NOT NULL,
    called boolean NOT NULL
);

CREATE VIEW seatrials.present AS      -- the user's tables and sequences as they are now
    SELECT c.oid AS relid, c.relkind AS kind
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'seatrials');

-- The writer's role need not know the schema: the trigger runs as its owner.
CREATE FUNCTION seatrials.mark() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM pg_catalog.nextval(TG_ARGV[0]::pg_catalog.oid::pg_catalog.regclass);
    RETURN NULL;
END $$;

-- Take notice of what is not known yet. `seeded`: what it holds belongs to the baseline; else it came during a scenario and is emptied.
CREATE FUNCTION seatrials.survey(seeded boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    it record;
    holds boolean;
    columns text;
    seed text;
BEGIN
    FOR it IN SELECT p.relid, p.relid::regclass AS name, p.kind FROM seatrials.present p
              WHERE p.kind <> 'S' AND NOT EXISTS (SELECT FROM seatrials.tables t WHERE t.relid = p.relid)
    LOOP
        EXECUTE format('CREATE SEQUENCE seatrials.mark_%s CYCLE', it.relid);
        -- the lock that comes with the trigger keeps writers out until the copy below is taken
        EXECUTE format('CREATE TRIGGER seatrials AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
                       'FOR EACH STATEMENT EXECUTE FUNCTION seatrials.mark(%s)',
                       it.name, format('seatrials.mark_%s', it.relid)::regclass::oid);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER seatrials', it.name);
        seed := NULL;
        IF seeded AND it.kind = 'r' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', it.name) INTO holds;
            IF holds THEN
                SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
                WHERE attrelid = it.relid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
                EXECUTE format('CREATE TABLE seatrials.seed_%s AS SELECT %s FROM ONLY %s', it.relid, columns, it.name);
                seed := format('(%1$s) OVERRIDING SYSTEM VALUE SELECT %1$s FROM seatrials.seed_%2$s', columns, it.relid);
            END IF;
        ELSIF NOT seeded THEN
            PERFORM nextval(format('seatrials.mark_%s', it.relid));
        END IF;
        INSERT INTO seatrials.tables VALUES (it.relid, it.name, format('seatrials.mark_%s', it.relid), seed);
    END LOOP;
    FOR it IN SELECT p.relid, p.relid::regclass AS name FROM seatrials.present p
              WHERE p.kind = 'S' AND NOT EXISTS (SELECT FROM seatrials.sequences s WHERE s.relid = p.relid)
    LOOP
        IF seeded THEN
            EXECUTE format('INSERT INTO seatrials.sequences SELECT %s, last_value, is_called FROM %s', it.relid, it.name);
        ELSE
            INSERT INTO seatrials.sequences SELECT seqrelid, seqstart, false FROM pg_sequence WHERE seqrelid = it.relid;
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION seatrials.baseline() RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog SET lock_timeout = '5s' AS $$
BEGIN
    PERFORM seatrials.survey(seeded => true);
END $$;

-- The definitions changed since the baseline: forget what is gone, take in what is new.
CREATE FUNCTION seatrials.adapt() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    lost text;
BEGIN
    SELECT string_agg(t.name, ', ' ORDER BY t.name) INTO lost FROM seatrials.tables t
    WHERE t.seed IS NOT NULL AND NOT EXISTS (SELECT FROM seatrials.present p WHERE p.relid = t.relid);
    IF lost IS NOT NULL THEN
        RAISE EXCEPTION 'dropped since the baseline, and the seeded rows with it: %', lost USING ERRCODE = 'ST001';
    END IF;
    DELETE FROM seatrials.tables t WHERE NOT EXISTS (SELECT FROM seatrials.present p WHERE p.relid = t.relid);
    DELETE FROM seatrials.sequences s WHERE NOT EXISTS (SELECT FROM seatrials.present p WHERE p.relid = s.relid);
    PERFORM seatrials.survey(seeded => false);
END $$;

-- The tables that may have changed: the marked ones and, as a statement on a parent writes into its partitions, their descendants.
CREATE FUNCTION seatrials.changed() RETURNS oid[] LANGUAGE plpgsql AS $$
DECLARE
    found oid[];
BEGIN
    SELECT array_agg(t.relid ORDER BY t.relid) INTO found FROM seatrials.tables t WHERE pg_sequence_last_value(t.mark) IS NOT NULL;
    IF found IS NULL OR NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = ANY (found)) THEN
        RETURN found;
    END IF;
    WITH RECURSIVE below(relid) AS (
        SELECT unnest(found) UNION SELECT i.inhrelid FROM below b JOIN pg_inherits i ON i.inhparent = b.relid)
    SELECT array_agg(relid ORDER BY relid) INTO found FROM below;
    RETURN found;
END $$;

-- Back to the baseline; how many tables that took. It wants a connection with settings of its own, see RESET in postgres.py:
-- set here, the replication role would throw away every cached plan of the session, twice a call (half of the time).
CREATE FUNCTION seatrials.reset() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    changed oid[];
    locked oid[];
    script text;
BEGIN
    IF current_setting('session_replication_role') <> 'replica' THEN
        RAISE EXCEPTION 'seatrials.reset() would fire the triggers of this database';
    END IF;
    IF EXISTS (SELECT FROM seatrials.present p
               FULL JOIN (SELECT relid FROM seatrials.tables UNION ALL SELECT relid FROM seatrials.sequences) k USING (relid)
               WHERE p.kind IS NULL OR k IS NULL) THEN
        PERFORM seatrials.adapt();
    END IF;
    LOOP
        changed := seatrials.changed();
        EXIT WHEN changed IS NULL OR changed = locked;
        -- whoever still writes to one of them ends first, and may have marked another one by then
        SELECT 'LOCK TABLE ONLY ' || string_agg(relid::regclass::text, ', ONLY ') || ' IN SHARE ROW EXCLUSIVE MODE'
        INTO script FROM unnest(changed) relid;
        EXECUTE script;
        locked := changed;
    END LOOP;
    IF locked IS NOT NULL THEN
        SELECT string_agg(format('DELETE FROM ONLY %s', relid::regclass)
                          || coalesce('; INSERT INTO ' || relid::regclass || ' ' || t.seed, ''), '; ')
        INTO script FROM unnest(locked) relid JOIN seatrials.tables t USING (relid) JOIN pg_class c ON c.oid = relid WHERE c.relkind = 'r';
        IF script IS NOT NULL THEN
            EXECUTE script;
        END IF;
    END IF;
    PERFORM setval(s.relid, s.value, s.called) FROM seatrials.sequences s
    WHERE pg_sequence_last_value(s.relid) IS DISTINCT FROM CASE WHEN s.called THEN s.value END;
    -- last of all, since setval is not undone by a rollback: a reset that fails leaves the marks
    PERFORM setval(t.mark, 1, false) FROM seatrials.tables t WHERE t.relid = ANY (locked);
    RETURN coalesce(array_length(locked, 1), 0);
END $$;
