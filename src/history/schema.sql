-- Queries are welcome: sqlite3, Datasette and pandas read this file as it is.
CREATE TABLE about (
  base_url TEXT NOT NULL,                -- whose partners these are, in one row
  partner_sid TEXT                       -- the account's own partner; NULL: the API did not say
);
CREATE TABLE snapshots (
  id INTEGER PRIMARY KEY,                -- the order in which they were taken: a clock may go back
  partners INTEGER NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  taken_at TEXT NOT NULL,                -- 2026-11-12T02:00:03Z
  digest TEXT NOT NULL,                  -- SHA-256 of the JSON of each partner and "\n", ordered by partners.id
  changes_digest TEXT NOT NULL,          -- SHA-256 of partner_sid, name of the field, old and new of each row of changes
                                         -- in the order of its key, each and "\n", NULL being empty
  seal TEXT NOT NULL                     -- SHA-256 of the values before it in this row, each and "\n"
);
CREATE TABLE partners (                  -- everyone ever seen
  id INTEGER PRIMARY KEY,                -- the order in which they appeared
  partner_sid TEXT NOT NULL UNIQUE,
  display_id TEXT,
  login TEXT,
  name TEXT,                             -- the company's, else the partner's own
  gone_since INTEGER,                    -- the first snapshot without it
  json TEXT NOT NULL                     -- the latest, as it came; last, so that the others are read without it
);
CREATE INDEX partners_by_display_id ON partners (display_id, name, gone_since);
CREATE INDEX partners_by_login ON partners (login, name, gone_since);
CREATE TABLE fields (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
INSERT INTO fields VALUES (1, '(text)'), (2, '(added)'), (3, '(gone)'), (4, 'display_id'), (5, 'login');
CREATE TABLE changes (                   -- none leads to the first snapshot
  snapshot INTEGER NOT NULL,
  partner INTEGER NOT NULL,
  field INTEGER NOT NULL,
  old TEXT,                              -- JSON; NULL: the member was absent
  new TEXT,
  PRIMARY KEY (snapshot, partner, field) -- so that a snapshot is added at the end, and read and removed in one piece
) WITHOUT ROWID;
CREATE INDEX former_ids ON changes (old) WHERE field IN (4, 5);
CREATE TABLE former_texts (              -- of partners whose old text the members in changes do not give back exactly
  snapshot INTEGER NOT NULL,
  partner INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY (snapshot, partner)        -- with rowid: whole texts would overflow the pages of a table without
);
CREATE VIEW history AS
  SELECT s.taken_at, p.display_id, p.login, p.name, f.name AS field,
         json_extract(c.old, '$') AS old, json_extract(c.new, '$') AS new, p.partner_sid
  FROM changes c
  JOIN snapshots s ON s.id = c.snapshot
  JOIN partners p ON p.id = c.partner
  JOIN fields f ON f.id = c.field
  WHERE c.field <> 1;
