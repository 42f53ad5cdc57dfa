-- The market index: prices, what indexes are, what they have been, and reports.

-- As they were traded. Splits and dividends are told on their ex-dates, so that no later one changes an earlier row.
CREATE TABLE market_price (
  symbol     text NOT NULL,
  date       date NOT NULL,
  close      numeric NOT NULL CHECK (close > 0),
  -- How many shares one has become that morning.
  split      numeric NOT NULL DEFAULT 1 CHECK (split > 0),
  -- Cash for each share after the split, to whoever held it the evening before.
  dividend   numeric NOT NULL DEFAULT 0 CHECK (dividend >= 0),
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (symbol, date)
);
CREATE INDEX market_price_by_day ON market_price (date, symbol);

-- Which days of a symbol a provider has been asked for: from one to the last of which a price has come.
CREATE TABLE market_coverage (
  symbol       text PRIMARY KEY,
  covered_from date NOT NULL,
  covered_to   date NOT NULL,
  CHECK (covered_from <= covered_to)
);

CREATE TABLE market_index (
  name           text PRIMARY KEY,
  title          text,
  base_date      date NOT NULL,
  base_value     numeric NOT NULL CHECK (base_value > 0),
  weighting      text NOT NULL CHECK (weighting IN ('fixed', 'capitalisation')),
  returns        text NOT NULL CHECK (returns IN ('price', 'total')),
  rebalancing    text NOT NULL CHECK (rebalancing IN ('never', 'monthly', 'quarterly', 'yearly')),
  max_carry_days integer NOT NULL CHECK (max_carry_days >= 0),
  project_id     text,
  created_at     timestamptz NOT NULL DEFAULT now(),
  computed_at    timestamptz,
  CHECK (weighting = 'fixed' OR rebalancing = 'never')
);

-- What an index consists of, from a day on.
CREATE TABLE market_basket (
  index_name text NOT NULL REFERENCES market_index ON DELETE CASCADE,
  from_date  date NOT NULL,
  symbol     text NOT NULL,
  weight     numeric NOT NULL CHECK (weight > 0),
  PRIMARY KEY (index_name, from_date, symbol)
);

CREATE TABLE market_index_value (
  index_name text NOT NULL REFERENCES market_index ON DELETE CASCADE,
  date       date NOT NULL,
  -- Null on a day on which something that is missing has been so for too long.
  level      numeric,
  divisor    numeric,
  carried    text[] NOT NULL DEFAULT '{}',
  missing    text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (index_name, date),
  CHECK ((level IS NULL) = (cardinality(missing) > 0)),
  CHECK ((level IS NULL) = (divisor IS NULL))
);

-- What an index consists of at the end of its last day.
CREATE TABLE market_holding (
  index_name text NOT NULL REFERENCES market_index ON DELETE CASCADE,
  symbol     text NOT NULL,
  units      numeric NOT NULL,
  close      numeric NOT NULL,
  weight     numeric NOT NULL,
  PRIMARY KEY (index_name, symbol)
);

-- A report has the id of the job that has made it.
CREATE TABLE market_report (
  id         uuid PRIMARY KEY,
  title      text NOT NULL,
  html       text NOT NULL,
  csv        text NOT NULL,
  project_id text,
  created_at timestamptz NOT NULL
);
CREATE INDEX market_report_by_age ON market_report (created_at);

-- One to try it out with: the prices that come with Millrace, which are made up, are those of these symbols.
INSERT INTO market_index (name, title, base_date, base_value, weighting, returns, rebalancing, max_carry_days)
VALUES ('trees', 'Trees, an example with made-up prices', '2024-01-02', 1000, 'fixed', 'total', 'quarterly', 7);
INSERT INTO market_basket (index_name, from_date, symbol, weight) VALUES
  ('trees', '2024-01-02', 'ALDER', 30), ('trees', '2024-01-02', 'BIRCH', 25), ('trees', '2024-01-02', 'CEDAR', 20),
  ('trees', '2024-01-02', 'HAZEL', 15), ('trees', '2024-01-02', 'MAPLE', 10),
  ('trees', '2025-01-01', 'ALDER', 25), ('trees', '2025-01-01', 'BIRCH', 25), ('trees', '2025-01-01', 'CEDAR', 20),
  ('trees', '2025-01-01', 'MAPLE', 15), ('trees', '2025-01-01', 'ROWAN', 15);
